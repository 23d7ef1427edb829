// Finds the variables of a spec and checks them, once. variables_find lists them, records which variable uses which,
// and orders them so that each comes after all that it uses. A cycle has no such order and is an error. resolve.c then
// replaces variables by their values.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include "spec/expression.h"
#include <stdlib.h>
#include <string.h>

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

bool variable_is_fact(const char *name)
{
    return strcmp(name, "features") == 0 || strcmp(name, "length") == 0;
}

static int refuse_undefined(const struct variables *vars, const struct node *n, const char *name, struct err *e)
{
    const char **names = mem_new((size_t)vars->n + 2, sizeof *names);
    for (int i = 0; i < vars->n; i++)
        names[i] = vars->v[i].name;
    names[vars->n] = "features";
    names[vars->n + 1] = "length";

    char meant[DID_YOU_MEAN_ROOM];
    const char *hint = strchr(name, '-') ? "; hint: a minus needs blanks around it: ${a - b}" : "";
    if (!e->hidden && *text_did_you_mean(meant, name, names, vars->n + 2))
        node_error(n, e, "no variable '%s'%s%s", name, meant, hint);
    else
        node_error(n, e, "no variable '%s', allowed: names under 'variables' or 'sweep.over'%s", name, hint);

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

// Marks the variable `name`, which the string n uses, as used.
static int mark_name(
    struct variables *vars, const struct node *n, const char *name, struct variable *user, struct err *e)
{
    int i = variable_index(vars, name);
    if (i < 0)
        return variable_is_fact(name) ? 0 : refuse_undefined(vars, n, name, e);
    vars->v[i].is_used = true;
    if (user)
        add_use(user, i);
    return 0;
}

// Checks the form of a formula, and marks its variables as used.
static int mark_formula(
    struct variables *vars, const struct node *n, const struct use *u, struct variable *user, struct err *e)
{
    char why[EXPRESSION_WHY];
    struct number ignored;
    if (expression_evaluate(u->inside, u->inside_length, NULL, NULL, &ignored, why) != 0)
        return node_error(n, e, "in '%.*s': %s", u->length > 60 ? 60 : (int)u->length, u->begin, why);

    const char *p = u->inside;
    const char *end = p + u->inside_length;
    int rc = 0;
    for (struct token t = token_next(&p, end); t.kind != TOKEN_END; t = token_next(&p, end)) {
        if (t.kind != TOKEN_NAME || token_is_function(&t, p, end))
            continue;
        char *name = mem_format("%.*s", t.length, t.begin);
        rc |= mark_name(vars, n, name, user, e);
        free(name);
    }
    return rc;
}

// Marks the variables in a string as used. `user` is the variable whose value contains the string, or NULL.
static int mark_scalar(struct variables *vars, const struct node *n, struct variable *user, struct err *e)
{
    struct use u;
    int rc = 0;

    for (const char *p = n->text; use_find(p, &u); p = u.begin + u.length) {
        if (!u.is_closed) {
            rc = node_error(n, e, "found '${' without '}', allowed: ${name}, or a formula such as ${2 * name}");
        } else if (u.is_name) {
            char *name = mem_format("%.*s", (int)u.inside_length, u.inside);
            rc |= mark_name(vars, n, name, user, e);
            free(name);
        } else {
            rc |= mark_formula(vars, n, &u, user, e);
        }
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

// Marks the variables that any string of the spec uses. A string in `variables` belongs to its variable, unless that
// variable varies in all trials: then its value is never read.
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
            bool is_read = !v->is_swept || v->is_conditional;
            if (mark_uses(vars, section->items[j], is_read ? v : NULL, e) < 0)
                rc = -1;
        }
    }

    return rc;
}

// Appends variable i to the order, after all variables that it uses, by depth-first search.
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

// Lists all of `variables`, then the other swept keys that can be variables: those without dots.
static void list_variables(struct variables *vars, const struct node *given, const struct swept_keys *swept)
{
    int most = node_items(given) + swept->n;

    vars->v = mem_new((size_t)most, sizeof *vars->v);
    for (int i = 0; i < node_items(given); i++)
        vars->v[vars->n++] = (struct variable){.name = given->items[i]->key, .value = given->items[i]};
    for (int i = 0; i < swept->n; i++) {
        const char *key = swept->item[i]->key;
        if (!node_get(given, key) && !strpbrk(key, ".[]"))
            vars->v[vars->n++] = (struct variable){.name = key};
    }
    ASSERT(vars->n <= most, "%d of %d", vars->n, most);

    qsort(vars->v, (size_t)vars->n, sizeof *vars->v, compare_variables);
    for (int i = 0; i < swept->n; i++) {
        int v = variable_index(vars, swept->item[i]->key);
        if (v >= 0)
            vars->v[v].is_swept = true;
        if (v >= 0 && node_get(swept->only_if, swept->item[i]->key))
            vars->v[v].is_conditional = true;
    }
}

int variables_find(struct variables *vars, const struct node *root, const struct swept_keys *swept, struct err *e)
{
    const struct node *given = node_get(root, "variables");
    char found[80];

    if (given && given->kind != NODE_NULL && given->kind != NODE_MAP)
        return node_error(given, e, "found %s, allowed: a section of names and values", node_found(found, given));
    if (node_items(given) + swept->n > SPEC_MAX_VARIABLES)
        return node_error(given ? given : root, e, "more than %d variables", SPEC_MAX_VARIABLES);

    list_variables(vars, given, swept);
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
