// The trials of a spec: the keys of `sweep.over` and their values, and the tree of a trial, made on demand.
//
// A sweep can have a million trials, so it holds none of them. It owns a copy of the spec as it was written, in which
// variables still have their names, and one node for each value of each key. spec_sweep_trial combines these into a
// tree that the caller owns; it changes nothing in the sweep.
//
// Values are put into a trial in this order, each step seeing the result of the one before:
//   1. variables: those that do not vary were resolved once, by spec_sweep_new; the others are resolved for the trial;
//   2. whole sections that are swept, such as `model`;
//   3. the model of `models` that `model` names;
//   4. paths into sections, such as train.seed or model.encoder[0].dense;
//   5. the seed and the epochs that the method of the sweep decides.
//
// spec_sweep_new makes the first trial and drops it: some mistakes, such as paths that lead nowhere, show only there.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct spec_sweep {
    struct node *root;     // owned; the spec as it was written
    struct node *resolved; // owned; a map that holds `sweep` with its variables replaced
    struct variables vars;
    struct node **constant; // owned; (vars.n) what the variables that do not vary stand for, else NULL
    struct sweep_config config;
    struct sweep_key *key; // owned; (n)
    int n;
};

static int check_is_map(const struct node *n, struct err *e, const char *what)
{
    char found[80];
    return !n || n->kind == NODE_MAP ? 0 : node_error(n, e, "found %s, allowed: %s", node_found(found, n), what);
}

static int check_sections(const struct node *root, struct err *e)
{
    const struct node *models = node_section(root, "models");
    const struct node *sweep = node_section(root, "sweep");
    int rc = check_is_map(root, e, "a spec of sections such as data, model and train");

    for (int i = 0; models && models->kind == NODE_MAP && i < models->n; i++)
        rc |= check_is_map(models->items[i], e, "a model, with encoder and decoder");
    rc |= check_is_map(models, e, "a section of models by name");
    if (models && models->n > SPEC_MAX_MODELS)
        rc = node_error(models, e, "more than %d models", SPEC_MAX_MODELS);

    rc |= check_is_map(sweep, e, "a section with method and over");
    rc |= check_is_map(node_section(sweep, "over"), e, "a section of keys with lists of values");

    return rc;
}

static struct scope scope_begin(const struct spec_sweep *s, struct err *e)
{
    struct scope scope = {.vars = &s->vars, .budget = {SPEC_MAX_NODES, SPEC_MAX_TEXT}, .e = e};
    scope.value = mem_new((size_t)s->vars.n, sizeof *scope.value);
    return scope;
}

// Resolves the variables that do not vary, and `sweep` itself, once for all trials.
static void resolve_constants(struct spec_sweep *s, struct err *e)
{
    struct scope scope = scope_begin(s, e);
    const struct node *sweep = node_section(s->root, "sweep");

    s->constant = mem_new((size_t)s->vars.n, sizeof *s->constant);
    for (int i = 0; i < s->vars.n; i++) {
        int v = s->vars.order[i];
        ASSERT(v >= 0 && v < s->vars.n, "%d of %d", v, s->vars.n);
        if (!s->vars.v[v].is_varying && s->vars.v[v].value)
            scope.value[v] = s->constant[v] = scope_resolve(&scope, s->vars.v[v].value, 1);
    }

    s->resolved = node_new_map();
    if (sweep)
        node_add(s->resolved, "sweep", scope_resolve(&scope, sweep, 2));

    free(scope.value);
}

static int read_sweep_section(struct spec_sweep *s, struct err *e)
{
    const struct node *sweep = node_get(s->resolved, "sweep");
    int rc = 0;

    if (!sweep)
        field_defaults(spec_sweep_fields, &s->config);
    else if (sweep_config_read(sweep, &s->config, e) < 0)
        return -1;

    s->n = s->config.over ? s->config.over->n : 0;
    s->key = mem_new((size_t)s->n, sizeof *s->key);
    for (int i = 0; i < s->n; i++) {
        s->key[i].item = s->config.over->items[i];
        rc |= sweep_key_read(&s->key[i], s->root, &s->vars, s->config.method, e);
    }

    int seed = spec_sweep_seed_key(s);
    if (rc == 0 && s->config.repeats > 1 && seed >= 0)
        rc = node_key_error(s->key[seed].item, e, "found a list of seeds and repeats, allowed: one of them");
    if (rc == 0 && s->config.method == SWEEP_GRID && spec_sweep_combinations(s, -1) < 0)
        rc = node_error(s->config.over, e, "more than %d trials", SPEC_MAX_TRIALS);

    return rc;
}

static void try_first_trial(const struct spec_sweep *s, struct err *e)
{
    double *value = mem_new((size_t)s->n, sizeof *value);
    for (int k = 0; k < s->n; k++)
        value[k] = s->key[k].range.low;
    struct node *first = spec_sweep_trial(s, &(struct sweep_point){.value = value}, e);
    node_free(&first);
    free(value);
}

struct spec_sweep *spec_sweep_new(const struct node *root, struct err *e)
{
    int errors = e->count;
    struct spec_sweep *s = mem_new(1, sizeof *s);

    s->root = node_copy(root);
    const struct node *over = node_section(node_section(s->root, "sweep"), "over");
    if (check_sections(s->root, e) == 0 && variables_find(&s->vars, s->root, over, e) == 0) {
        resolve_constants(s, e);
        read_sweep_section(s, e);
    }

    if (e->count == errors)
        try_first_trial(s, e);
    if (e->count > errors)
        spec_sweep_free(&s);

    return s;
}

void spec_sweep_free(struct spec_sweep **sweep)
{
    struct spec_sweep *s = *sweep;
    if (!s)
        return;

    for (int i = 0; i < s->n; i++)
        sweep_key_free(&s->key[i]);
    free(s->key);

    for (int i = 0; s->constant && i < s->vars.n; i++)
        node_free(&s->constant[i]);
    free(s->constant);

    field_free(spec_sweep_fields, &s->config);
    variables_free(&s->vars);
    node_free(&s->resolved);
    node_free(&s->root);
    free(s);
    *sweep = NULL;
}

// --- what others ask

const struct sweep_config *spec_sweep_config(const struct spec_sweep *s)
{
    return &s->config;
}

const struct node *spec_sweep_section(const struct spec_sweep *s)
{
    const struct node *sweep = node_get(s->resolved, "sweep");
    return sweep ? sweep : s->root;
}

int spec_sweep_keys(const struct spec_sweep *s)
{
    return s->n;
}

const char *spec_sweep_key(const struct spec_sweep *s, int k)
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    return s->key[k].item->key;
}

int spec_sweep_seed_key(const struct spec_sweep *s)
{
    for (int k = 0; k < s->n; k++)
        if (s->key[k].range.kind == SWEEP_CHOICE && strcmp(s->key[k].item->key, "train.seed") == 0)
            return k;
    return -1;
}

struct sweep_range spec_sweep_range(const struct spec_sweep *s, int k)
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    return s->key[k].range;
}

const char *spec_sweep_value(const struct spec_sweep *s, int k, double value, char buffer[32])
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    const struct sweep_key *key = &s->key[k];
    if (key->range.kind != SWEEP_CHOICE)
        return text_number(buffer, value);
    ASSERT(value >= 0 && value < key->n, "%s: %g of %d", key->item->key, value, key->n);
    return key->text[(int)value];
}

// Returns how many values a range holds, or -1 if they are endless.
static int64_t range_values(const struct sweep_range *r)
{
    bool is_endless = r->kind == SWEEP_UNIFORM || r->kind == SWEEP_LOG_UNIFORM;
    return is_endless ? -1 : (int64_t)(r->high - r->low) + 1;
}

// Returns a * b, or -1 if b is -1 or the product is more than SPEC_MAX_TRIALS. `a` is at least 1.
static int64_t multiply_trials(int64_t a, int64_t b)
{
    ASSERT(a > 0, "%ld", (long)a);
    return b > 0 && b <= SPEC_MAX_TRIALS / a ? a * b : -1;
}

int64_t spec_sweep_combinations(const struct spec_sweep *s, int without)
{
    int64_t n = 1;
    for (int k = 0; k < s->n && n > 0; k++)
        n = k == without ? n : multiply_trials(n, range_values(&s->key[k].range));
    return n;
}

void spec_sweep_combination(const struct spec_sweep *s, int without, int64_t number, double *value)
{
    for (int k = s->n - 1; k >= 0; k--) {
        if (k == without)
            continue;
        int64_t n = range_values(&s->key[k].range);
        ASSERT(n > 0, "%s: %ld values", s->key[k].item->key, (long)n);
        value[k] = s->key[k].range.low + (double)(number % n);
        number /= n;
    }
}

// --- one trial

// Returns the node that a key stands for: a copy of a listed value, or a number at the position of the range.
static struct node *key_value(const struct sweep_key *k, double value)
{
    char buffer[32];
    if (k->range.kind == SWEEP_CHOICE)
        return node_copy(node_item(k->item, (int)value));
    struct node *n = node_new_text(text_number(buffer, value));
    node_place(n, k->item->file, k->item->line, k->item->column);
    return n;
}

// Sets in the scope what each variable stands for in a trial. Returns the nodes (vars.n) that it made for that; free
// them with free_scope.
static struct node **fill_scope(const struct spec_sweep *s, const double *value, struct scope *scope)
{
    struct node **made = mem_new((size_t)s->vars.n, sizeof *made);

    for (int i = 0; i < s->vars.n; i++)
        scope->value[i] = s->constant[i];

    for (int i = 0; i < s->n; i++) {
        int v = s->key[i].variable;
        ASSERT(v < s->vars.n, "%d of %d", v, s->vars.n);
        if (v >= 0)
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

// Puts the values of those keys that are sections, or (`deep`) of those that are paths into sections.
static void put_values(const struct spec_sweep *s, const double *value, bool deep, struct node *tree, struct err *e)
{
    for (int i = 0; i < s->n; i++) {
        const struct sweep_key *k = &s->key[i];
        if (k->variable < 0 && deep == (strpbrk(k->item->key, ".[]") != NULL))
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

// Puts what the sweep itself decides. A seed that is no integer stays, for the reader of `train` to refuse.
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

// Replaces a name as `model` by the model of that name.
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

// Refuses what waits for the data outside of the model, which alone is built after the data are read.
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
    struct scope scope = scope_begin(s, e);
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
