// The tree of one trial of a sweep, made on demand.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Returns a new node with the value of a key: a copy of a listed value, or a number with the position of the range.
static struct node *key_value(const struct sweep_key *k, double value)
{
    char buffer[32];
    if (k->range.kind == SWEEP_CHOICE)
        return node_copy(node_item(k->item, (int)value));
    struct node *n = node_new_text(text_number(buffer, value));
    node_place(n, k->item->file, k->item->line, k->item->column);
    return n;
}

// Sets the value of each variable in the scope of a trial. Returns the values (vars.n) that it made, with NULL for all
// other variables. The caller frees them with free_scope.
static struct node **fill_scope(const struct spec_sweep *s, const double *value, struct scope *scope)
{
    struct node **made = mem_new((size_t)s->vars.n, sizeof *made);

    for (int i = 0; i < s->vars.n; i++)
        scope->value[i] = s->constant[i];

    for (int i = 0; i < s->n; i++) {
        int v = s->key[i].variable;
        ASSERT(v < s->vars.n, "%d of %d", v, s->vars.n);
        if (v >= 0 && !isnan(value[i]))
            scope->value[v] = made[v] = key_value(&s->key[i], value[i]);
    }

    for (int i = 0; i < s->vars.n; i++) {
        int v = s->vars.order[i];
        if (s->vars.v[v].value && !scope->value[v])
            scope->value[v] = made[v] = scope_resolve(scope, s->vars.v[v].value, 1);
    }

    return made;
}

static void free_scope(struct scope *scope, struct node **made)
{
    for (int i = 0; i < scope->vars->n; i++)
        node_free(&made[i]);
    free(made);
    free(scope->value);
}

static int put_key_value(struct node *tree, const struct node *item, struct node *value, struct err *e)
{
    char why[256];
    if (node_path_check(tree, item->key, why) < 0) {
        node_free(&value);
        return node_key_error(item, e, "%s", why);
    }
    value->key_line = item->key_line;
    value->key_column = item->key_column;
    node_put(tree, item->key, value);
    return 0;
}

// Puts the values of some swept keys into the tree: the keys that are whole sections or, if `deep` is set, the keys
// that are paths into sections.
static void put_values(const struct spec_sweep *s, const double *value, bool deep, struct node *tree, struct err *e)
{
    for (int i = 0; i < s->n; i++) {
        const struct sweep_key *k = &s->key[i];
        if (k->variable < 0 && !isnan(value[i]) && deep == (strpbrk(k->item->key, ".[]") != NULL))
            put_key_value(tree, k->item, key_value(k, value[i]), e);
    }
}

static void put_integer(const struct spec_sweep *s, struct node *tree, const char *path, int64_t value, struct err *e)
{
    char text[32], why[256];
    snprintf(text, sizeof text, "%lld", (long long)value);
    if (node_path_check(tree, path, why) == 0)
        node_put(tree, path, node_new_text(text));
    else
        node_error(spec_sweep_section(s), e, "%s", why);
}

// Sets the seed and the epochs that the sweep's method decides. Does not change a seed that is not an integer: the
// reader of `train` will refuse it.
static void put_seed_and_epochs(
    const struct spec_sweep *s, const struct sweep_point *point, struct node *tree, struct err *e)
{
    const struct node *seed = node_path(tree, "train.seed");
    int64_t first = 0;
    if (point->repeat > 0 && (!seed || (seed->kind == NODE_SCALAR && text_to_int64(seed->text, &first) == 0)))
        put_integer(s, tree, "train.seed", first + point->repeat, e);
    if (point->epochs > 0)
        put_integer(s, tree, "train.epochs", point->epochs, e);
}

// If `model` is a name, replaces it by the model of that name.
static void put_named_model(const struct spec_sweep *s, struct scope *scope, struct node *tree)
{
    const struct node *models = node_section(s->root, "models");
    const struct node *model = node_get(tree, "model");

    if (!models || !model || model->kind != NODE_SCALAR)
        return;

    const struct node *named = node_get(models, model->text);
    if (!named) {
        sweep_refuse_model(model, models, scope->e);
        return;
    }

    struct node *copy = scope_resolve(scope, named, 2);
    copy->key_line = model->key_line;
    copy->key_column = model->key_column;
    node_add(tree, "model", copy);
}

// Refuses formulas that wait for the data, except in the model: only the model is built after the data are read.
static void refuse_waiting(const struct node *tree, struct err *e)
{
    for (int i = 0; i < tree->n; i++) {
        const struct node *waits = strcmp(tree->items[i]->key, "model") == 0 ? NULL : spec_unbound(tree->items[i]);
        if (waits)
            node_error(waits, e,
                "found '%.60s': features and length are known once the data are read, allowed: in model", waits->text);
    }
}

struct node *spec_sweep_trial(const struct spec_sweep *s, const struct sweep_point *point, struct err *e)
{
    int errors = e->count;
    struct scope scope = scope_begin(&s->vars, e);
    struct node **made = fill_scope(s, point->value, &scope);
    struct node *tree = node_new_map();

    node_place(tree, s->root->file, s->root->line, s->root->column);
    for (int i = 0; i < s->root->n; i++)
        if (!sweep_is_own_section(s->root->items[i]->key))
            node_append(tree, s->root->items[i]->key, scope_resolve(&scope, s->root->items[i], 2));

    put_values(s, point->value, false, tree, e);
    put_named_model(s, &scope, tree);
    put_values(s, point->value, true, tree, e);
    put_seed_and_epochs(s, point, tree, e);
    refuse_waiting(tree, e);
    free_scope(&scope, made);

    struct measure m = node_measure(tree);
    if (e->count == errors && (m.depth > SPEC_MAX_DEPTH || m.nodes > SPEC_MAX_NODES))
        node_error(s->root, e, "a trial is too large: at most 64 levels and 100000 values");
    if (e->count > errors)
        node_free(&tree);

    return tree;
}
