// A key of `sweep.over`: finds out whether it is a variable or a path into the spec, and reads its values.
#include "spec/spec_impl.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

bool sweep_is_own_section(const char *key)
{
    return strcmp(key, "sweep") == 0 || strcmp(key, "variables") == 0 || strcmp(key, "models") == 0;
}

// Returns true if the first step of a path, `first` characters long, is a section of the spec that trials have. If the
// spec has `models`, `model` is always such a section.
static bool is_section_of_trial(const struct node *root, const char *path, size_t first)
{
    for (int i = 0; i < root->n; i++) {
        const char *key = root->items[i]->key;
        if (strlen(key) == first && strncmp(key, path, first) == 0)
            return !sweep_is_own_section(key);
    }
    return first == 5 && strncmp(path, "model", 5) == 0 && node_section(root, "models");
}

static int refuse_swept_key(
    const struct node *item, const struct node *root, const struct variables *vars, struct err *e)
{
    const char **names = mem_new((size_t)(root->n + vars->n), sizeof *names);
    size_t first = strcspn(item->key, ".[]");
    char *word = mem_format("%.*s", (int)first, item->key);
    int n = 0;

    for (int i = 0; i < root->n; i++)
        if (!sweep_is_own_section(root->items[i]->key))
            names[n++] = root->items[i]->key;
    for (int i = 0; i < vars->n && !item->key[first]; i++)
        if (vars->v[i].is_used)
            names[n++] = vars->v[i].name;
    ASSERT(n <= root->n + vars->n, "%d names", n);

    char hint[DID_YOU_MEAN_ROOM];
    if (!e->hidden && *text_did_you_mean(hint, word, names, n))
        node_key_error(item, e, "'%s' is neither a variable nor a section%s", word, hint);
    else
        node_key_error(item, e, "'%s' is neither a variable that ${%s} uses nor a section", word, word);

    free(names);
    free(word);
    return -1;
}

static int find_swept_target(struct sweep_key *k, const struct node *root, const struct variables *vars, struct err *e)
{
    bool is_section = is_section_of_trial(root, k->item->key, strcspn(k->item->key, ".[]"));
    int v = variable_index(vars, k->item->key);
    k->variable = v >= 0 && vars->v[v].is_used ? v : -1;
    if (k->variable >= 0 && is_section)
        return node_key_error(k->item, e, "this is a section and a variable, allowed: a variable of another name");
    if (k->variable < 0 && !is_section)
        return refuse_swept_key(k->item, root, vars, e);
    return 0;
}

int sweep_refuse_model(const struct node *model, const struct node *models, struct err *e)
{
    const char **names = mem_new((size_t)models->n, sizeof *names);
    struct text all = {0};

    text_add(&all, "%s", "");
    for (int i = 0; i < models->n; i++) {
        names[i] = models->items[i]->key;
        if (all.length < 300)
            text_add(&all, "%s%s", i ? ", " : "", names[i]);
    }

    char hint[DID_YOU_MEAN_ROOM];
    if (!e->hidden && *text_did_you_mean(hint, model->text, names, models->n))
        node_error(model, e, "found '%.60s', allowed: a model of 'models'%s", model->text, hint);
    else
        node_error(model, e, "found '%.60s', allowed: a model of 'models': %.300s", model->text, all.data);

    text_free(&all);
    free(names);
    return -1;
}

// Returns a value of `over` in new memory, in the form that tables show.
static char *swept_value_text(const struct node *value)
{
    struct text t = {0};
    if (value->kind == NODE_SCALAR)
        return mem_text(value->text);
    node_emit_flow(value, &t);
    return t.data;
}

static int read_swept_values(struct sweep_key *k, const struct node *root, struct err *e)
{
    const struct node *models = node_section(root, "models");
    bool is_model = models && k->variable < 0 && strcmp(k->item->key, "model") == 0;
    int rc = 0;

    k->n = node_count(k->item);
    if (!k->n)
        return node_error(k->item, e, "found no values, allowed: a list of at least one");

    k->text = mem_new((size_t)k->n, sizeof *k->text);
    for (int i = 0; i < k->n; i++) {
        const struct node *value = node_item(k->item, i);
        k->text[i] = swept_value_text(value);
        if (is_model && value->kind == NODE_SCALAR && !node_get(models, value->text))
            rc = sweep_refuse_model(value, models, e);
    }
    k->range = (struct sweep_range){SWEEP_CHOICE, 0, k->n - 1};

    return rc;
}

int sweep_key_read(
    struct sweep_key *k, const struct node *root, const struct variables *vars, int method, struct err *e)
{
    int rc = find_swept_target(k, root, vars, e);
    if (!sweep_is_range(k->item))
        return read_swept_values(k, root, e) < 0 ? -1 : rc;
    if (sweep_range_read(k->item, &k->range, e) < 0)
        return -1;
    if (method == SWEEP_GRID)
        return node_error(k->item, e,
            "found a range, allowed with method grid: a list of values; methods "
            "random, sobol, halving, hyperband and tpe draw from ranges");
    return rc;
}

void sweep_key_free(struct sweep_key *k)
{
    for (int i = 0; k->text && i < k->n; i++)
        free(k->text[i]);
    free(k->text);
    *k = (struct sweep_key){0};
}
