// Dotted paths: finds, creates and names the node at a path, and writes messages that name it.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One step of a path: to a key of a map or, if `key` is NULL, to an item of a list.
struct path_step {
    const char *key; // (length) characters in the path
    int length, index;
};

// Reads the step at p, inside the string `path`. Returns a pointer past the step, or NULL if there is no step at p.
static const char *step_read(const char *path, const char *p, struct path_step *s)
{
    if (p > path && *p == '[') {
        char *end;
        long index = isdigit((unsigned char)p[1]) ? strtol(p + 1, &end, 10) : -1;
        if (index < 0 || index > SPEC_MAX_NODES || *end != ']')
            return NULL;
        *s = (struct path_step){.index = (int)index};
        return end + 1;
    }
    if (p > path && *p++ != '.')
        return NULL;

    *s = (struct path_step){.key = p, .length = (int)strcspn(p, ".[]")};
    return s->length && s->length <= SPEC_MAX_KEY ? p + s->length : NULL;
}

static void step_key(const struct path_step *s, char key[SPEC_MAX_KEY + 1])
{
    ASSERT(s->key && s->length <= SPEC_MAX_KEY, "%d", s->length);
    snprintf(key, SPEC_MAX_KEY + 1, "%.*s", s->length, s->key);
}

// Returns the child that a step leads to, or NULL if there is none.
static struct node *step_down(const struct node *n, const struct path_step *s)
{
    char key[SPEC_MAX_KEY + 1];
    if (!s->key)
        return n->kind == NODE_LIST && s->index < n->n ? n->items[s->index] : NULL;
    step_key(s, key);
    return node_get(n, key);
}

struct node *node_path(const struct node *root, const char *path)
{
    struct path_step s;
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
    struct path_step s;
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

// Returns the child that a step leads to. If there is none, creates it with the position of `item`.
static struct node *step_make(struct node *n, const struct path_step *s, const struct node *item)
{
    struct node *child = step_down(n, s);
    char key[SPEC_MAX_KEY + 1];

    if (child)
        return child;

    ASSERT(n->kind == NODE_NULL || n->kind == NODE_MAP, "%d", (int)n->kind);
    step_key(s, key);
    n->kind = NODE_MAP;
    child = node_append(n, key, node_new(NODE_NULL));
    node_place(child, item->file, item->line, item->column);
    child->key_line = item->key_line;
    child->key_column = item->key_column;

    return child;
}

void node_put(struct node *root, const char *path, struct node *item)
{
    struct path_step s;
    struct node *n = root;
    for (const char *p = path; *p;) {
        p = step_read(path, p, &s);
        ASSERT(p, "%s", path);
        n = step_make(n, &s, item);
    }
    node_replace(n, item);
}

static void add_path(const struct node *n, struct text *t)
{
    if (!n->parent)
        return;
    add_path(n->parent, t);
    if (n->key)
        text_add(t, "%s%s", t->length ? "." : "", n->key);
    else
        text_add(t, "[%d]", node_index(n));
}

char *node_name(const struct node *n)
{
    struct text t = {0};
    text_add(&t, "%s", "");
    add_path(n, &t);
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

static void add_error(const struct node *n, int line, int column, struct err *e, const char *format, va_list args)
{
    if (e->hidden) { // the list is full: only count, because formatting very many messages would take long
        e->hidden++;
        e->count++;
        return;
    }

    char message[1500];
    vsnprintf(message, sizeof message, format, args);
    char *name = node_name(n);

    if (n->file)
        err_at(e, ERR_USAGE, n->file, line, column, "%.300s%s%s", name, *name ? ": " : "", message);
    else
        err_add(e, ERR_USAGE, "%.300s%s%s", name, *name ? ": " : "", message);

    free(name);
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
    int line = has_key ? n->key_line : n->line;
    int column = has_key ? n->key_column : n->column;
    va_list args;
    va_start(args, format);
    add_error(n, line, column, e, format, args);
    va_end(args);
    return -1;
}
