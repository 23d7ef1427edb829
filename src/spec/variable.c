// Variables: found in a spec and checked once, then replaced by what they stand for.
//
// They are sorted so that each comes after all that it uses; a tree is then resolved without ever following a variable
// into another, and no spec, however twisted, costs more than its budget.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// A "${name}" in a text.
struct use {
    const char *begin;
    size_t length;
    char name[SPEC_MAX_KEY + 1]; // "": not well-formed
};

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

// Finds the next use at or behind `text`.
static bool use_find(const char *text, struct use *u)
{
    u->begin = strstr(text, "${");
    if (!u->begin)
        return false;
    const char *name = u->begin + 2;
    size_t n = 0;
    while (is_name_character(name[n]))
        n++;
    bool is_good = n > 0 && n <= SPEC_MAX_KEY && name[n] == '}';
    u->length = is_good ? n + 3 : 2;
    memcpy(u->name, name, is_good ? n : 0);
    u->name[is_good ? n : 0] = 0;
    return true;
}

static int compare_variables(const void *a, const void *b)
{
    return strcmp(((const struct variable *)a)->name, ((const struct variable *)b)->name);
}

int variable_index(const struct variables *vars, const char *name)
{
    struct variable key = {.name = name};
    if (!vars->n)
        return -1;
    const struct variable *v = bsearch(&key, vars->v, (size_t)vars->n, sizeof *v, compare_variables);
    return v ? (int)(v - vars->v) : -1;
}

static int refuse_undefined(const struct variables *vars, const struct node *n, const char *name, struct err *e)
{
    const char **names = mem_new((size_t)vars->n, sizeof *names);
    for (int i = 0; i < vars->n; i++)
        names[i] = vars->v[i].name;
    const char *near = e->hidden ? NULL : text_nearest(name, names, vars->n);
    if (near)
        node_error(n, e, "no variable '%s'; did you mean '%s'?", name, near);
    else
        node_error(n, e, "no variable '%s', allowed: names under 'variables' or 'sweep.over'", name);
    free(names);
    return -1;
}

static void add_use(struct variable *user, int used)
{
    for (int i = 0; i < user->n_uses; i++)
        if (user->uses[i] == used)
            return;
    user->uses = mem_grow(user->uses, (size_t)user->n_uses + 1, sizeof *user->uses);
    user->uses[user->n_uses++] = used;
}

// Marks the variables that a text uses; `user` is the variable to whose value it belongs, or NULL.
static int mark_text(struct variables *vars, const struct node *n, struct variable *user, struct err *e)
{
    struct use u;
    int result = 0;
    for (const char *p = n->text; use_find(p, &u); p = u.begin + u.length) {
        int i = variable_index(vars, u.name);
        if (!u.name[0])
            result = node_error(
                n, e, "found '${' that begins no variable, allowed: ${name} of letters, digits, '_' and '-'");
        else if (i < 0)
            result = refuse_undefined(vars, n, u.name, e);
        else
            vars->v[i].is_used = true;
        if (i >= 0 && user)
            add_use(user, i);
    }
    return result;
}

static int mark_uses(struct variables *vars, const struct node *n, struct variable *user, struct err *e)
{
    int result = n->kind == NODE_SCALAR ? mark_text(vars, n, user, e) : 0;
    for (int i = 0; i < n->n; i++)
        if (mark_uses(vars, n->items[i], user, e) != 0)
            result = -1;
    return result;
}

// In `variables` each value belongs to its variable, but for one that is swept: its value is never looked at.
static int mark_all(struct variables *vars, const struct node *root, struct err *e)
{
    int result = 0;
    for (int i = 0; i < root->n; i++) {
        const struct node *section = root->items[i];
        bool is_variables = strcmp(section->key, "variables") == 0;
        if (!is_variables && mark_uses(vars, section, NULL, e) != 0)
            result = -1;
        for (int j = 0; j < section->n && is_variables; j++) {
            struct variable *v = &vars->v[variable_index(vars, section->items[j]->key)];
            if (mark_uses(vars, section->items[j], v->is_swept ? NULL : v, e) != 0)
                result = -1;
        }
    }
    return result;
}

enum { NEW, OPEN, DONE };

// Depth first: appends i to the order behind all that it uses.
static int visit(struct variables *vars, int i, struct err *e)
{
    struct variable *v = &vars->v[i];
    v->state = OPEN;
    v->is_varying = v->is_swept;
    for (int k = 0; k < v->n_uses; k++) {
        const struct variable *used = &vars->v[v->uses[k]];
        if (used->state == OPEN)
            return node_error(v->value, e, "the variable stands for itself: '%s' uses '%s'", v->name, used->name);
        if (used->state == NEW && visit(vars, v->uses[k], e) != 0)
            return -1;
        v->is_varying = v->is_varying || used->is_varying;
    }
    v->state = DONE;
    vars->order[vars->ordered++] = i;
    return 0;
}

static int sort_by_use(struct variables *vars, struct err *e)
{
    vars->order = mem_new((size_t)vars->n, sizeof *vars->order);
    for (int i = 0; i < vars->n; i++)
        if (vars->v[i].state == NEW && visit(vars, i, e) != 0)
            return -1;
    return 0;
}

static int refuse_unused(const struct variables *vars, struct err *e)
{
    int result = 0;
    for (int i = 0; i < vars->n; i++)
        if (vars->v[i].value && !vars->v[i].is_used)
            result = node_key_error(vars->v[i].value, e, "variable '%s' is used nowhere", vars->v[i].name);
    return result;
}

// All of `variables`, then what is swept and could be one: a key without dots.
static void collect(struct variables *vars, const struct node *given, const struct node *over)
{
    int room = (given ? given->n : 0) + (over ? over->n : 0);
    vars->v = mem_new((size_t)room, sizeof *vars->v);
    for (int i = 0; given && i < given->n; i++)
        vars->v[vars->n++] = (struct variable){.name = given->items[i]->key, .value = given->items[i]};
    for (int i = 0; over && i < over->n; i++) {
        const char *key = over->items[i]->key;
        if (given && node_get(given, key))
            continue;
        if (!strpbrk(key, ".[]"))
            vars->v[vars->n++] = (struct variable){.name = key};
    }
    qsort(vars->v, (size_t)vars->n, sizeof *vars->v, compare_variables);
    for (int i = 0; over && i < over->n; i++) {
        int v = variable_index(vars, over->items[i]->key);
        if (v >= 0)
            vars->v[v].is_swept = true;
    }
}

int variables_find(struct variables *vars, const struct node *root, const struct node *over, struct err *e)
{
    const struct node *given = node_get(root, "variables");
    char found[80];
    if (given && given->kind != NODE_NULL && given->kind != NODE_MAP)
        return node_error(given, e, "found %s, allowed: a section of names and values", node_found(found, given));
    if ((given ? given->n : 0) + (over ? over->n : 0) > SPEC_MAX_VARIABLES)
        return node_error(given ? given : over, e, "more than %d variables", SPEC_MAX_VARIABLES);
    collect(vars, given, over);
    int result = mark_all(vars, root, e);
    if (refuse_unused(vars, e) != 0)
        result = -1;
    return sort_by_use(vars, e) != 0 ? -1 : result;
}

void variables_free(struct variables *vars)
{
    for (int i = 0; i < vars->n; i++)
        free(vars->v[i].uses);
    free(vars->v);
    free(vars->order);
    *vars = (struct variables){0};
}

// What a use stands for; NULL and an error where that is not known here.
static const struct node *scope_value(struct scope *s, const struct node *n, const struct use *u)
{
    int i = variable_index(s->vars, u->name);
    ASSERT(i >= 0, "%s", u->name);
    if (!s->value[i])
        node_error(n, s->e, "'%s' varies with the sweep, allowed in a sweep: variables that do not", u->name);
    return s->value[i];
}

static bool scope_take(struct scope *s, const struct node *n, int64_t nodes, int64_t bytes)
{
    bool had_room = s->budget.nodes >= 0 && s->budget.bytes >= 0;
    if (budget_take(&s->budget, nodes, bytes))
        return true;
    if (had_room)
        node_error(n, s->e, "with its variables the spec is too large: at most 100000 values and 16 MiB of text");
    return false;
}

// Longer text around variables: each is replaced by its text.
static struct node *resolve_text(struct scope *s, const struct node *n)
{
    struct text t = {0};
    struct use u;
    char found[80];
    const char *p = n->text;
    for (; use_find(p, &u); p = u.begin + u.length) {
        const struct node *value = scope_value(s, n, &u);
        if (value && value->kind != NODE_SCALAR)
            node_error(n, s->e, "inside a text '%s' is %s, allowed: a single value", u.name, node_found(found, value));
        else if (value && scope_take(s, n, 0, (u.begin - p) + (int64_t)strlen(value->text)))
            text_add(&t, "%.*s%s", (int)(u.begin - p), p, value->text);
    }
    text_add(&t, "%s", p);
    struct node *result = node_new_text(t.data);
    result->quoted = n->quoted;
    node_place(result, n->file, n->line, n->column);
    text_free(&t);
    return result;
}

static struct node *resolve_scalar(struct scope *s, const struct node *n, int depth)
{
    struct use u;
    if (!use_find(n->text, &u))
        return node_copy(n);
    if (u.begin != n->text || n->text[u.length])
        return resolve_text(s, n);
    const struct node *value = scope_value(s, n, &u);
    struct measure m = value ? node_measure(value) : (struct measure){0};
    if (value && depth - 1 + m.depth > SPEC_MAX_DEPTH)
        node_error(n, s->e, "with '%s' the spec is deeper than %d levels", u.name, SPEC_MAX_DEPTH);
    else if (value && scope_take(s, n, m.nodes - 1, m.bytes))
        return node_copy(value);
    return node_new(NODE_NULL);
}

static struct node *resolve_items(struct scope *s, const struct node *n, int depth)
{
    struct node *result = node_new(n->kind);
    node_place(result, n->file, n->line, n->column);
    for (int i = 0; i < n->n && s->budget.nodes > 0; i++)
        node_append(result, n->items[i]->key, scope_resolve(s, n->items[i], depth + 1));
    return result;
}

struct node *scope_resolve(struct scope *s, const struct node *n, int depth)
{
    struct node *result;
    if (!scope_take(s, n, 1, n->text ? (int64_t)strlen(n->text) : 0))
        result = node_new(NODE_NULL);
    else
        result = n->kind == NODE_SCALAR ? resolve_scalar(s, n, depth) : resolve_items(s, n, depth);
    free(result->key);
    result->key = mem_text(n->key);
    result->key_line = n->key_line;
    result->key_column = n->key_column;
    return result;
}
