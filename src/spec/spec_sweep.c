// The trials of a spec: the keys of `sweep.over` and their values, and the tree of a trial, made on demand.
//
// A sweep can have a million trials, so it holds none of them. It owns a copy of the spec as it was written, in which
// variables still have their names, and one node for each value of each key. spec_sweep_trial combines these into a
// tree that the caller owns; it changes nothing in the sweep.
//
// Values are put into a trial in this order; each step uses the result of the step before:
//   1. variables: those that do not vary were resolved once, by spec_sweep_new; the others are resolved for the trial;
//   2. whole sections that are swept, such as `model`;
//   3. the model of `models` that `model` names;
//   4. paths into sections, such as train.seed or model.encoder[0].dense;
//   5. the seed and the epochs that the method of the sweep decides.
//
// spec_sweep_new makes the first trial and drops it. This is the only way to find some mistakes, such as paths that do
// not exist.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    const struct node *zip = node_section(sweep, "zip");
    for (int i = 0; i < node_count(zip); i++)
        rc |= check_is_map(node_item(zip, i), e, "a list of maps, each with keys and lists of equal length");

    return rc;
}

// Resolves the variables that do not vary, and `sweep` itself, once for all trials.
static void resolve_constants(struct spec_sweep *s, struct err *e)
{
    struct scope scope = scope_begin(&s->vars, e);
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

// Returns the swept keys of a section `sweep` in new memory: those of `over`, then those of each map of `zip`.
static const struct node **swept_items(const struct node *sweep, int *n)
{
    const struct node *over = node_section(sweep, "over"), *zip = node_section(sweep, "zip");
    int most = node_items(over);
    for (int g = 0; g < node_count(zip); g++)
        most += node_item(zip, g)->n;

    const struct node **items = mem_new((size_t)most + 1, sizeof *items);
    *n = 0;
    for (int i = 0; i < node_items(over); i++)
        items[(*n)++] = over->items[i];
    for (int g = 0; g < node_count(zip); g++)
        for (int i = 0; i < node_item(zip, g)->n; i++)
            items[(*n)++] = node_item(zip, g)->items[i];

    ASSERT(*n == most, "%d of %d", *n, most);
    return items;
}

static int check_unique_keys(const struct node *const *items, int n, struct err *e)
{
    int rc = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i && n <= SPEC_MAX_VARIABLES; k++)
            if (strcmp(items[i]->key, items[k]->key) == 0)
                rc = node_key_error(items[i], e, "this key varies in line %d, too", items[k]->key_line);
    return rc;
}

static int read_sweep_keys(struct spec_sweep *s, struct err *e)
{
    const struct node **items = swept_items(node_get(s->resolved, "sweep"), &s->n);
    int rc = check_unique_keys(items, s->n, e);

    s->key = mem_new((size_t)s->n, sizeof *s->key);
    for (int i = 0; i < s->n; i++) {
        s->key[i].item = items[i];
        s->key[i].leader = -1;
        rc |= sweep_key_read(&s->key[i], s->root, &s->vars, s->config.method, e);
    }

    free(items);
    return rc;
}

static int read_sweep_section(struct spec_sweep *s, struct err *e)
{
    const struct node *sweep = node_get(s->resolved, "sweep");
    int rc = 0;

    if (!sweep)
        field_defaults(spec_sweep_fields, &s->config);
    else if (sweep_config_read(sweep, &s->config, e) < 0)
        return -1;

    rc = read_sweep_keys(s, e);
    if (rc == 0)
        rc = sweep_rules_read(s, e);
    if (rc == 0)
        rc = sweep_space_read(s, e);

    int seed = spec_sweep_seed_key(s);
    if (rc == 0 && s->config.repeats > 1 && seed >= 0)
        rc = node_key_error(s->key[seed].item, e, "found a list of seeds and repeats, allowed: one of them");
    if (rc == 0 && s->config.method == SWEEP_GRID && spec_sweep_combinations(s, -1) < 0)
        rc = node_error(s->config.over ? s->config.over : sweep, e, "more than %d trials", SPEC_MAX_TRIALS);

    return rc;
}

static void try_first_trial(const struct spec_sweep *s, struct err *e)
{
    double *value = mem_new((size_t)s->n, sizeof *value);
    spec_sweep_first(s, value);
    struct node *first = spec_sweep_trial(s, &(struct sweep_point){.value = value}, e);
    node_free(&first);
    free(value);
}

static int find_sweep_variables(struct spec_sweep *s, struct err *e)
{
    const struct node *sweep = node_section(s->root, "sweep");
    struct swept_keys keys = {.only_if = node_section(sweep, "only_if")};
    keys.item = swept_items(sweep, &keys.n);
    int rc = variables_find(&s->vars, s->root, &keys, e);
    free(keys.item);
    return rc;
}

struct spec_sweep *spec_sweep_new(const struct node *root, struct err *e)
{
    int errors = e->count;
    struct spec_sweep *s = mem_new(1, sizeof *s);

    s->root = node_copy(root);
    if (check_sections(s->root, e) == 0 && find_sweep_variables(s, e) == 0) {
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

    sweep_rules_free(s);
    free(s->all.number);
    free(s->seedless.number);
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
