// Where a node is: its dotted path, and messages that say it.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One step of a path: down to a key of a map, or to an item of a list (key NULL).
struct step {
    const char *key; // (length) characters in the path
    int length, index;
};

// Reads the step at p, of which path is the begin. Returns what follows it, NULL where this is none.
static const char *step_read(const char *path, const char *p, struct step *s)
{
    if (p > path && *p == '[') {
        char *end;
        long index = isdigit((unsigned char)p[1]) ? strtol(p + 1, &end, 10) : -1;
        if (index < 0 || index > SPEC_MAX_NODES || *end != ']')
            return NULL;
        *s = (struct step){.index = (int)index};
        return end + 1;
    }
    if (p > path && *p++ != '.')
        return NULL;
    *s = (struct step){.key = p, .length = (int)strcspn(p, ".[]")};
    return s->length && s->length <= SPEC_MAX_KEY ? p + s->length : NULL;
}

// The child that a step leads to; NULL where there is none.
static struct node *step_down(const struct node *n, const struct step *s)
{
    char key[SPEC_MAX_KEY + 1];
    if (!s->key)
        return n->kind == NODE_LIST && s->index < n->n ? n->items[s->index] : NULL;
    snprintf(key, sizeof key, "%.*s", s->length, s->key);
    return node_get(n, key);
}

struct node *node_path(const struct node *root, const char *path)
{
    struct step s;
    struct node *n = NULL;
    for (const char *p = path; root && (p = step_read(path, p, &s)); root = n) {
        n = step_down(root, &s);
        if (!*p)
            return n;
    }
    return NULL;
}

int node_path_check(const struct node *root, const char *path, char why[256])
{
    const struct node *n = root;
    struct step s;
    char found[80];
    for (const char *p = path; *p || p == path;) {
        const char *end = step_read(path, p, &s);
        if (!end) {
            snprintf(
                why, 256, "'%.100s' is no path, allowed: keys and numbers like train.epochs or encoder[0].dense", path);
            return -1;
        }
        bool can_make = s.key && (!n || n->kind == NODE_NULL || n->kind == NODE_MAP);
        const struct node *child = n ? step_down(n, &s) : NULL;
        if (!child && !can_make) {
            snprintf(why, 256, "there is no '%.100s': '%.*s' is %s", path, (int)(p - path), path,
                n ? node_found(found, n) : "nothing");
            return -1;
        }
        n = child;
        p = end;
    }
    return 0;
}

// The child that a step leads to, made where there is none; it is said to be where `item` is.
static struct node *step_make(struct node *n, const struct step *s, const struct node *item)
{
    struct node *child = step_down(n, s);
    if (child)
        return child;
    char key[SPEC_MAX_KEY + 1];
    snprintf(key, sizeof key, "%.*s", s->length, s->key);
    n->kind = NODE_MAP;
    child = node_append(n, key, node_new(NODE_NULL));
    node_place(child, item->file, item->line, item->column);
    child->key_line = item->key_line;
    child->key_column = item->key_column;
    return child;
}

void node_put(struct node *root, const char *path, struct node *item)
{
    struct step s;
    struct node *n = root;
    for (const char *p = path; *p;) {
        p = step_read(path, p, &s);
        ASSERT(p, "%s", path);
        n = step_make(n, &s, item);
    }
    node_replace(n, item);
}

static void add_name(const struct node *n, struct text *t)
{
    if (!n->parent)
        return;
    add_name(n->parent, t);
    if (n->key) {
        text_add(t, "%s%s", t->length ? "." : "", n->key);
        return;
    }
    int i = 0;
    while (n->parent->items[i] != n)
        i++;
    text_add(t, "[%d]", i);
}

char *node_name(const struct node *n)
{
    struct text t = {0};
    text_add(&t, "%s", "");
    add_name(n, &t);
    return t.data;
}

char *node_found(char out[80], const struct node *n)
{
    static const char *const names[] = {
        [NODE_NULL] = "nothing", [NODE_SCALAR] = "", [NODE_LIST] = "a list", [NODE_MAP] = "a section"};
    if (n->kind == NODE_SCALAR)
        snprintf(out, 80, "'%.60s'", n->text);
    else
        snprintf(out, 80, "%s", names[n->kind]);
    return out;
}

static int add_error(const struct node *n, int line, int column, struct err *e, const char *format, va_list args)
{
    if (e->hidden) { // no room for more, and there may be very many more
        e->hidden++;
        e->count++;
        return -1;
    }
    char message[1500];
    vsnprintf(message, sizeof message, format, args);
    char *name = node_name(n);
    if (n->file)
        err_at(e, ERR_USAGE, n->file, line, column, "%.300s%s%s", name, *name ? ": " : "", message);
    else
        err_add(e, ERR_USAGE, "%.300s%s%s", name, *name ? ": " : "", message);
    free(name);
    return -1;
}

int node_error(const struct node *n, struct err *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_error(n, n->line, n->column, e, format, args);
    va_end(args);
    return -1;
}

int node_key_error(const struct node *n, struct err *e, const char *format, ...)
{
    bool has_key = n->key_line > 0;
    va_list args;
    va_start(args, format);
    add_error(n, has_key ? n->key_line : n->line, has_key ? n->key_column : n->column, e, format, args);
    va_end(args);
    return -1;
}
