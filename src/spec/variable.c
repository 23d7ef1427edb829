// Variables: found in a spec and checked once, then replaced by what they stand for.
//
// Step 1, variables_find, once per spec: lists the variables, marks who uses whom, and orders them so that each comes
// after all that it uses. A cycle has no such order and is an error.
//
// Step 2, scope_resolve, per tree: copies a tree and replaces "${name}" by the value in the scope. The caller resolves
// the variables themselves in the order of step 1, so that a value in the scope never holds another variable, and no
// replacement is followed into the next.
//
// A value is copied at each use, so a small spec can describe an enormous tree. The scope has a budget of nodes and
// bytes; each copy is paid for before it is made, and the first copy that is too expensive is an error.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// A "${name}" in a string.
struct variable_use {
    const char *begin;
    size_t length;
    char name[SPEC_MAX_KEY + 1]; // "": not well-formed
};

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

// Finds the next use at or behind `text`. Returns false if there is none.
static bool use_find(const char *text, struct variable_use *u)
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

// Returns how many items a list or map has; NULL has none.
static int node_items(const struct node *n)
{
    return n ? n->n : 0;
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

// Marks the variables that a string uses. `user` is the variable to whose value the string belongs, or NULL.
static int mark_scalar(struct variables *vars, const struct node *n, struct variable *user, struct err *e)
{
    struct variable_use u;
    int rc = 0;

    for (const char *p = n->text; use_find(p, &u); p = u.begin + u.length) {
        int i = variable_index(vars, u.name);
        if (!u.name[0])
            rc = node_error(
                n, e, "found '${' that begins no variable, allowed: ${name} of letters, digits, '_' and '-'");
        else if (i < 0)
            rc = refuse_undefined(vars, n, u.name, e);
        else
            vars->v[i].is_used = true;
        if (i >= 0 && user)
            add_use(user, i);
    }

    return rc;
}

static int mark_uses(struct variables *vars, const struct node *n, struct variable *user, struct err *e)
{
    int rc = n->kind == NODE_SCALAR ? mark_scalar(vars, n, user, e) : 0;
    for (int i = 0; i < n->n; i++)
        if (mark_uses(vars, n->items[i], user, e) < 0)
            rc = -1;
    return rc;
}

// In `variables` each value belongs to its variable. Exception: the value of a swept variable is never read.
static int mark_all_uses(struct variables *vars, const struct node *root, struct err *e)
{
    int rc = 0;

    for (int i = 0; i < root->n; i++) {
        const struct node *section = root->items[i];
        bool is_variables = strcmp(section->key, "variables") == 0;
        if (!is_variables && mark_uses(vars, section, NULL, e) < 0)
            rc = -1;

        for (int j = 0; j < section->n && is_variables; j++) {
            int index = variable_index(vars, section->items[j]->key);
            ASSERT(index >= 0, "%s", section->items[j]->key);
            struct variable *v = &vars->v[index];
            if (mark_uses(vars, section->items[j], v->is_swept ? NULL : v, e) < 0)
                rc = -1;
        }
    }

    return rc;
}

// Appends variable i to the order, behind all that it uses: a depth-first search.
static int order_variable(struct variables *vars, int i, struct err *e)
{
    struct variable *v = &vars->v[i];

    ASSERT(i >= 0 && i < vars->n && v->state == VARIABLE_NEW, "%d of %d", i, vars->n);
    v->state = VARIABLE_OPEN;
    v->is_varying = v->is_swept;
    for (int k = 0; k < v->n_uses; k++) {
        const struct variable *used = &vars->v[v->uses[k]];
        if (used->state == VARIABLE_OPEN)
            return node_error(v->value, e, "the variable stands for itself: '%s' uses '%s'", v->name, used->name);
        if (used->state == VARIABLE_NEW && order_variable(vars, v->uses[k], e) < 0)
            return -1;
        v->is_varying = v->is_varying || used->is_varying;
    }

    v->state = VARIABLE_DONE;
    ASSERT(vars->ordered < vars->n, "%d of %d", vars->ordered, vars->n);
    vars->order[vars->ordered++] = i;

    return 0;
}

static int order_variables(struct variables *vars, struct err *e)
{
    vars->order = mem_new((size_t)vars->n, sizeof *vars->order);
    for (int i = 0; i < vars->n; i++)
        if (vars->v[i].state == VARIABLE_NEW && order_variable(vars, i, e) < 0)
            return -1;
    return 0;
}

static int refuse_unused(const struct variables *vars, struct err *e)
{
    int rc = 0;
    for (int i = 0; i < vars->n; i++)
        if (vars->v[i].value && !vars->v[i].is_used)
            rc = node_key_error(vars->v[i].value, e, "variable '%s' is used nowhere", vars->v[i].name);
    return rc;
}

// Lists all of `variables`, then the swept keys that can be variables: those without dots.
static void list_variables(struct variables *vars, const struct node *given, const struct node *over)
{
    int most = node_items(given) + node_items(over);

    vars->v = mem_new((size_t)most, sizeof *vars->v);
    for (int i = 0; i < node_items(given); i++)
        vars->v[vars->n++] = (struct variable){.name = given->items[i]->key, .value = given->items[i]};
    for (int i = 0; i < node_items(over); i++) {
        const char *key = over->items[i]->key;
        if (!node_get(given, key) && !strpbrk(key, ".[]"))
            vars->v[vars->n++] = (struct variable){.name = key};
    }
    ASSERT(vars->n <= most, "%d of %d", vars->n, most);

    qsort(vars->v, (size_t)vars->n, sizeof *vars->v, compare_variables);
    for (int i = 0; i < node_items(over); i++) {
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
    if (node_items(given) + node_items(over) > SPEC_MAX_VARIABLES)
        return node_error(given ? given : over, e, "more than %d variables", SPEC_MAX_VARIABLES);

    list_variables(vars, given, over);
    int rc = mark_all_uses(vars, root, e);
    if (refuse_unused(vars, e) < 0)
        rc = -1;

    return order_variables(vars, e) < 0 ? -1 : rc;
}

void variables_free(struct variables *vars)
{
    for (int i = 0; i < vars->n; i++)
        free(vars->v[i].uses);
    free(vars->v);
    free(vars->order);
    *vars = (struct variables){0};
}

// --- resolving

// Returns what a use stands for. Returns NULL and adds an error if that is unknown here.
static const struct node *scope_value(struct scope *s, const struct node *n, const struct variable_use *u)
{
    int i = variable_index(s->vars, u->name);
    ASSERT(i >= 0, "%s", u->name);
    if (!s->value[i])
        node_error(n, s->e, "'%s' varies with the sweep, allowed in a sweep: variables that do not", u->name);
    return s->value[i];
}

// Pays for a copy. Returns false if it is too expensive; only the first such copy is reported.
static bool scope_take(struct scope *s, const struct node *n, int64_t nodes, int64_t bytes)
{
    bool had_budget = s->budget.nodes >= 0 && s->budget.bytes >= 0;
    if (budget_take(&s->budget, nodes, bytes))
        return true;
    if (had_budget)
        node_error(n, s->e, "with its variables the spec is too large: at most 100000 values and 16 MiB of text");
    return false;
}

// Resolves a string that holds more than one variable alone: each variable is replaced by its string.
static struct node *resolve_string(struct scope *s, const struct node *n)
{
    struct text t = {0};
    struct variable_use u;
    char found[80];
    const char *p = n->text;

    for (; use_find(p, &u); p = u.begin + u.length) {
        const struct node *value = scope_value(s, n, &u);
        if (value && value->kind != NODE_SCALAR)
            node_error(
                n, s->e, "inside a string '%s' is %s, allowed: a single value", u.name, node_found(found, value));
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
    struct variable_use u;

    if (!use_find(n->text, &u))
        return node_copy(n);
    if (u.begin != n->text || n->text[u.length])
        return resolve_string(s, n);

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

    ASSERT(depth >= 1, "%d", depth);
    if (!scope_take(s, n, 1, n->text ? (int64_t)strlen(n->text) : 0))
        result = node_new(NODE_NULL);
    else if (n->kind == NODE_SCALAR)
        result = resolve_scalar(s, n, depth);
    else
        result = resolve_items(s, n, depth);

    free(result->key);
    result->key = mem_text(n->key);
    result->key_line = n->key_line;
    result->key_column = n->key_column;

    return result;
}
