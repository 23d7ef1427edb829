// The trials of a spec: what each key of `sweep.over` can be, and the tree of a trial, made when it is asked for.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A key of `sweep.over`.
struct swept {
    const struct node *item; // borrowed; its node, resolved: a list of values, one value, or a range
    int variable;            // its index; -1: the key is a path into the spec
    struct sweep_range range;
    char **text; // owned; (n) of the values
    int n;       // 0: a range
};

struct spec_sweep {
    struct node *root;     // owned; the spec as it was written
    struct node *resolved; // owned; a map that holds `sweep` without variables
    struct variables vars;
    struct node **constant; // owned; (vars.n) what the variables that do not vary stand for, else NULL
    struct sweep_config config;
    struct swept *swept; // owned; (n)
    int n;
};

static bool is_own_section(const char *key)
{
    return strcmp(key, "sweep") == 0 || strcmp(key, "variables") == 0 || strcmp(key, "models") == 0;
}

// NULL unless `name` is there and more than a null.
static const struct node *section(const struct node *map, const char *name)
{
    const struct node *n = node_get(map, name);
    return n && n->kind != NODE_NULL ? n : NULL;
}

static int check_map(const struct node *n, struct err *e, const char *what)
{
    char found[80];
    return !n || n->kind == NODE_MAP ? 0 : node_error(n, e, "found %s, allowed: %s", node_found(found, n), what);
}

static int check_sections(const struct node *root, struct err *e)
{
    const struct node *models = section(root, "models"), *sweep = section(root, "sweep");
    int result = check_map(root, e, "a spec of sections such as data, model and train");
    for (int i = 0; models && models->kind == NODE_MAP && i < models->n; i++)
        result |= check_map(models->items[i], e, "a model, with encoder and decoder");
    result |= check_map(models, e, "a section of models by name");
    if (models && models->n > SPEC_MAX_MODELS)
        result = node_error(models, e, "more than %d models", SPEC_MAX_MODELS);
    result |= check_map(sweep, e, "a section with method and over");
    result |= check_map(section(sweep, "over"), e, "a section of keys with lists of values");
    return result;
}

// --- what a key of `over` is

// Whether the first step of a path is a section of the spec.
static bool is_place(const struct node *root, const char *path, size_t first)
{
    for (int i = 0; i < root->n; i++) {
        const char *key = root->items[i]->key;
        if (strlen(key) == first && strncmp(key, path, first) == 0)
            return !is_own_section(key);
    }
    return first == 5 && strncmp(path, "model", 5) == 0 && section(root, "models");
}

static int refuse_key(const struct spec_sweep *s, const struct node *item, size_t first, struct err *e)
{
    const char **names = mem_new((size_t)(s->root->n + s->vars.n), sizeof *names);
    char *word = mem_format("%.*s", (int)first, item->key);
    int n = 0;
    for (int i = 0; i < s->root->n; i++)
        if (!is_own_section(s->root->items[i]->key))
            names[n++] = s->root->items[i]->key;
    for (int i = 0; i < s->vars.n && !item->key[first]; i++)
        if (s->vars.v[i].is_used)
            names[n++] = s->vars.v[i].name;
    const char *near = e->hidden ? NULL : text_nearest(word, names, n);
    if (near)
        node_key_error(item, e, "'%s' is neither a variable nor a section; did you mean '%s'?", word, near);
    else
        node_key_error(item, e, "'%s' is neither a variable that ${%s} uses nor a section", word, word);
    free(names);
    free(word);
    return -1;
}

static int find_key(const struct spec_sweep *s, struct swept *k, struct err *e)
{
    size_t first = strcspn(k->item->key, ".[]");
    bool place = is_place(s->root, k->item->key, first);
    int v = variable_index(&s->vars, k->item->key);
    k->variable = v >= 0 && s->vars.v[v].is_used ? v : -1;
    if (k->variable >= 0 && place)
        return node_key_error(k->item, e, "this is a section and a variable, allowed: a variable of another name");
    return k->variable >= 0 || place ? 0 : refuse_key(s, k->item, first, e);
}

static int refuse_model(const struct node *model, const struct node *models, struct err *e)
{
    const char **names = mem_new((size_t)models->n, sizeof *names);
    struct text all = {0};
    text_add(&all, "%s", "");
    for (int i = 0; i < models->n; i++) {
        names[i] = models->items[i]->key;
        if (all.length < 300)
            text_add(&all, "%s%s", i ? ", " : "", names[i]);
    }
    const char *near = e->hidden ? NULL : text_nearest(model->text, names, models->n);
    if (near)
        node_error(model, e, "found '%.60s', allowed: a model of 'models'; did you mean '%s'?", model->text, near);
    else
        node_error(model, e, "found '%.60s', allowed: a model of 'models': %.300s", model->text, all.data);
    text_free(&all);
    free(names);
    return -1;
}

// What a value of `over` looks like in a table.
static char *value_text(const struct node *value)
{
    struct text t = {0};
    if (value->kind == NODE_SCALAR)
        return mem_text(value->text);
    node_emit_flow(value, &t);
    return t.data;
}

static int read_range(const struct spec_sweep *s, struct swept *k, struct err *e)
{
    if (sweep_range_read(k->item, &k->range, e) != 0)
        return -1;
    return s->config.method != SWEEP_GRID ? 0
                                          : node_error(k->item, e,
                                                "found a range, allowed with method grid: a list of values; methods "
                                                "random, sobol, halving, hyperband and tpe draw from ranges");
}

static int read_values(const struct spec_sweep *s, struct swept *k, struct err *e)
{
    const struct node *models = section(s->root, "models");
    bool is_model = models && k->variable < 0 && strcmp(k->item->key, "model") == 0;
    int result = 0;
    if (sweep_is_range(k->item))
        return read_range(s, k, e);
    k->n = node_count(k->item);
    if (!k->n)
        return node_error(k->item, e, "found no values, allowed: a list of at least one");
    k->text = mem_new((size_t)k->n, sizeof *k->text);
    for (int i = 0; i < k->n; i++) {
        const struct node *value = node_item(k->item, i);
        k->text[i] = value_text(value);
        if (is_model && value->kind == NODE_SCALAR && !node_get(models, value->text))
            result = refuse_model(value, models, e);
    }
    k->range = (struct sweep_range){SWEEP_CHOICE, 0, k->n - 1};
    return result;
}

// --- the sweep

static struct scope scope_begin(const struct spec_sweep *s, struct err *e)
{
    struct scope scope = {.vars = &s->vars, .budget = {SPEC_MAX_NODES, SPEC_MAX_TEXT}, .e = e};
    scope.value = mem_new((size_t)s->vars.n, sizeof *scope.value);
    return scope;
}

// What does not vary is resolved once, `sweep` itself too.
static void resolve_constants(struct spec_sweep *s, struct err *e)
{
    struct scope scope = scope_begin(s, e);
    const struct node *sweep = section(s->root, "sweep");
    s->constant = mem_new((size_t)s->vars.n, sizeof *s->constant);
    for (int i = 0; i < s->vars.n; i++) {
        int v = s->vars.order[i];
        if (!s->vars.v[v].is_varying && s->vars.v[v].value)
            scope.value[v] = s->constant[v] = scope_resolve(&scope, s->vars.v[v].value, 1);
    }
    s->resolved = node_new_map();
    if (sweep)
        node_add(s->resolved, "sweep", scope_resolve(&scope, sweep, 2));
    free(scope.value);
}

static int read_sweep(struct spec_sweep *s, struct err *e)
{
    const struct node *sweep = node_get(s->resolved, "sweep");
    if (sweep ? sweep_config_read(sweep, &s->config, e) != 0 : (field_defaults(spec_sweep_fields, &s->config), false))
        return -1;
    s->n = s->config.over ? s->config.over->n : 0;
    s->swept = mem_new((size_t)s->n, sizeof *s->swept);
    int result = 0;
    for (int i = 0; i < s->n; i++) {
        s->swept[i].item = s->config.over->items[i];
        result |= find_key(s, &s->swept[i], e) | read_values(s, &s->swept[i], e);
    }
    if (result == 0 && s->config.repeats > 1 && spec_sweep_seed_key(s) >= 0)
        result = node_key_error(
            s->swept[spec_sweep_seed_key(s)].item, e, "found a list of seeds and repeats, allowed: one of them");
    if (result == 0 && s->config.method == SWEEP_GRID && spec_sweep_combinations(s, -1) < 0)
        result = node_error(s->config.over, e, "more than %d trials", SPEC_MAX_TRIALS);
    return result;
}

// The first trial shows what shows only in a whole tree, such as paths that lead nowhere.
static void try_first(const struct spec_sweep *s, struct err *e)
{
    double *value = mem_new((size_t)s->n, sizeof *value);
    for (int k = 0; k < s->n; k++)
        value[k] = s->swept[k].range.low;
    struct node *first = spec_sweep_trial(s, &(struct sweep_point){.value = value}, e);
    node_free(&first);
    free(value);
}

struct spec_sweep *spec_sweep_new(const struct node *root, struct err *e)
{
    int errors = e->count;
    struct spec_sweep *s = mem_new(1, sizeof *s);
    s->root = node_copy(root);
    const struct node *over = section(section(s->root, "sweep"), "over");
    if (check_sections(s->root, e) == 0 && variables_find(&s->vars, s->root, over, e) == 0) {
        resolve_constants(s, e);
        read_sweep(s, e);
    }
    if (e->count == errors)
        try_first(s, e);
    if (e->count > errors)
        spec_sweep_free(&s);
    return s;
}

void spec_sweep_free(struct spec_sweep **sweep)
{
    struct spec_sweep *s = *sweep;
    if (!s)
        return;
    for (int i = 0; i < s->n; i++) {
        for (int j = 0; s->swept[i].text && j < s->swept[i].n; j++)
            free(s->swept[i].text[j]);
        free(s->swept[i].text);
    }
    for (int i = 0; s->constant && i < s->vars.n; i++)
        node_free(&s->constant[i]);
    free(s->constant);
    free(s->swept);
    field_free(spec_sweep_fields, &s->config);
    variables_free(&s->vars);
    node_free(&s->resolved);
    node_free(&s->root);
    free(s);
    *sweep = NULL;
}

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
    return s->swept[k].item->key;
}

int spec_sweep_seed_key(const struct spec_sweep *s)
{
    for (int k = 0; k < s->n; k++)
        if (s->swept[k].range.kind == SWEEP_CHOICE && strcmp(s->swept[k].item->key, "train.seed") == 0)
            return k;
    return -1;
}

struct sweep_range spec_sweep_range(const struct spec_sweep *s, int k)
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    return s->swept[k].range;
}

const char *spec_sweep_value(const struct spec_sweep *s, int k, double value, char room[32])
{
    ASSERT(k >= 0 && k < s->n, "%d of %d", k, s->n);
    return s->swept[k].range.kind == SWEEP_CHOICE ? s->swept[k].text[(int)value] : text_number(room, value);
}

static int64_t range_values(const struct sweep_range *r)
{
    return r->kind == SWEEP_UNIFORM || r->kind == SWEEP_LOG_UNIFORM ? -1 : (int64_t)(r->high - r->low) + 1;
}

static int64_t multiply(int64_t a, int64_t b)
{
    return b > 0 && b <= SPEC_MAX_TRIALS / a ? a * b : -1;
}

int64_t spec_sweep_combinations(const struct spec_sweep *s, int without)
{
    int64_t n = 1;
    for (int k = 0; k < s->n && n > 0; k++)
        n = k == without ? n : multiply(n, range_values(&s->swept[k].range));
    return n;
}

void spec_sweep_combination(const struct spec_sweep *s, int without, int64_t number, double *value)
{
    for (int k = s->n - 1; k >= 0; k--) {
        if (k == without)
            continue;
        int64_t n = range_values(&s->swept[k].range);
        value[k] = s->swept[k].range.low + (double)(number % n);
        number /= n;
    }
}

// --- one trial

// What a key stands for: borrowed, or made and placed where the range is written.
static struct node *key_value(const struct swept *k, double value)
{
    char room[32];
    if (k->range.kind == SWEEP_CHOICE)
        return node_copy(node_item(k->item, (int)value));
    struct node *n = node_new_text(text_number(room, value));
    node_place(n, k->item->file, k->item->line, k->item->column);
    return n;
}

// Gives the scope what each variable stands for in a trial. Returns (vars.n) of what was made for that, for free_scope.
static struct node **fill_scope(const struct spec_sweep *s, const double *value, struct scope *scope)
{
    struct node **made = mem_new((size_t)s->vars.n, sizeof *made);
    for (int i = 0; i < s->vars.n; i++)
        scope->value[i] = s->constant[i];
    for (int i = 0; i < s->n; i++) {
        int v = s->swept[i].variable;
        if (v >= 0)
            scope->value[v] = made[v] = key_value(&s->swept[i], value[i]);
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

static int put_value(struct node *tree, const struct node *item, struct node *value, struct err *e)
{
    char why[256];
    if (node_path_check(tree, item->key, why) != 0) {
        node_free(&value);
        return node_key_error(item, e, "%s", why);
    }
    value->key_line = item->key_line;
    value->key_column = item->key_column;
    node_put(tree, item->key, value);
    return 0;
}

// Puts the values of those keys that are sections, or of those that lead into sections.
static void put_values(const struct spec_sweep *s, const double *value, bool deep, struct node *tree, struct err *e)
{
    for (int i = 0; i < s->n; i++) {
        const struct swept *k = &s->swept[i];
        if (k->variable < 0 && deep == (strpbrk(k->item->key, ".[]") != NULL))
            put_value(tree, k->item, key_value(k, value[i]), e);
    }
}

// What the sweep itself decides: a whole number of the section `train`.
static void put_number(const struct spec_sweep *s, struct node *tree, const char *path, int64_t value, struct err *e)
{
    char text[32], why[256];
    snprintf(text, sizeof text, "%lld", (long long)value);
    if (node_path_check(tree, path, why) == 0)
        node_put(tree, path, node_new_text(text));
    else
        node_error(spec_sweep_section(s), e, "%s", why);
}

static void put_place(const struct spec_sweep *s, const struct sweep_point *point, struct node *tree, struct err *e)
{
    const struct node *seed = node_path(tree, "train.seed");
    int64_t first = 0;
    if (point->repeat > 0 && (!seed || (seed->kind == NODE_SCALAR && text_to_int64(seed->text, &first) == 0)))
        put_number(s, tree, "train.seed", first + point->repeat, e);
    if (point->epochs > 0)
        put_number(s, tree, "train.epochs", point->epochs, e);
}

// A name as `model` gives way to the model of that name.
static void put_model(const struct spec_sweep *s, struct scope *scope, struct node *tree)
{
    const struct node *models = section(s->root, "models"), *model = node_get(tree, "model");
    if (!models || !model || model->kind != NODE_SCALAR)
        return;
    const struct node *named = node_get(models, model->text);
    if (!named) {
        refuse_model(model, models, scope->e);
        return;
    }
    struct node *copy = scope_resolve(scope, named, 2);
    copy->key_line = model->key_line;
    copy->key_column = model->key_column;
    node_add(tree, "model", copy);
}

struct node *spec_sweep_trial(const struct spec_sweep *s, const struct sweep_point *point, struct err *e)
{
    int errors = e->count;
    struct scope scope = scope_begin(s, e);
    struct node **made = fill_scope(s, point->value, &scope);
    struct node *tree = node_new_map();
    node_place(tree, s->root->file, s->root->line, s->root->column);
    for (int i = 0; i < s->root->n; i++)
        if (!is_own_section(s->root->items[i]->key))
            node_append(tree, s->root->items[i]->key, scope_resolve(&scope, s->root->items[i], 2));
    put_values(s, point->value, false, tree, e);
    put_model(s, &scope, tree);
    put_values(s, point->value, true, tree, e);
    put_place(s, point, tree, e);
    free_scope(&scope, made);
    struct measure m = node_measure(tree);
    if (e->count == errors && (m.depth > SPEC_MAX_DEPTH || m.nodes > SPEC_MAX_NODES))
        node_error(s->root, e, "a trial is too large: at most 64 levels and 100000 values");
    if (e->count > errors)
        node_free(&tree);
    return tree;
}
