// What is known of all trials before any is run: every mistake, identities, sizes, expected cost.
#include "sweep/experiment.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

// Of the data section that was read last; the trials of a sweep mostly share one.
struct known_data {
    char *key, *identity;
    struct shape shape;
    int64_t rows;
    bool is_bad; // its mistakes were reported
};

static void known_free(struct known_data *k)
{
    free(k->key);
    free(k->identity);
    *k = (struct known_data){0};
}

static int find_identity(const struct trial *t, const struct experiment *x, struct known_data *k, struct err *e)
{
    struct node *n = data_identity(&t->data, x->folder, e);
    if (!n)
        return -1;
    struct text text = {0};
    node_emit(n, &text);
    k->identity = text.data;
    node_free(&n);
    return 0;
}

static int learn_data(const struct trial *t, const struct experiment *x, struct known_data *k, struct err *e)
{
    char *key = trial_data_key(t);
    if (k->key && strcmp(k->key, key) == 0) {
        free(key);
        return k->is_bad ? -1 : 0;
    }
    known_free(k);
    k->key = key;
    struct data_sets sets;
    k->is_bad = data_verify(&t->data, x->folder, e) != 0 || data_load(&t->data, x->folder, &sets, e) != 0;
    if (k->is_bad)
        return -1;
    k->shape.rank = sets.train.shape_rank;
    memcpy(k->shape.dims, sets.train.shape, sizeof k->shape.dims);
    k->rows = sets.train.rows;
    data_sets_free(&sets);
    k->is_bad = find_identity(t, x, k, e) != 0;
    return k->is_bad ? -1 : 0;
}

static int check_error(const struct trial *t, const struct model *m, struct err *e)
{
    const char *why = model_refuses_error(m, (enum error)t->score.error);
    const struct node *at = node_path(t->tree, "score.error");
    if (why)
        return node_error(at ? at : t->model, e, "%s", why);
    at = node_path(t->tree, "score.baseline");
    if (t->score.baseline && t->data.missing == MISSING_IGNORE)
        return node_error(at, e, "principal components need whole rows, but data.missing is ignore");
    return 0;
}

// `is_whole`: all sections of the trial were read.
static int plan_trial(const struct experiment *x, struct trial *t, bool is_whole, struct known_data *k,
    struct plan_entry *entry, struct err *e)
{
    bool knows_data = t->has_data && learn_data(t, x, k, e) == 0;
    if (!t->model)
        return -1; // its lack was reported
    if (!is_whole || !knows_data)
        return model_check(t->model, e);
    struct model *m = trial_model(t, &k->shape, e);
    if (!m)
        return -1;
    int failed = check_error(t, m, e);
    trial_identity(t, m, k->identity, entry->id);
    trial_lineage(t, m, k->identity, entry->lineage);
    entry->shards = t->train.shards;
    entry->parameters = (int64_t)m->trainable;
    entry->epochs = t->train.epochs;
    entry->rows = k->rows;
    entry->operations = m->operations * (double)k->rows * (double)t->train.epochs;
    entry->bytes = train_bytes(m, &t->train, 1, 1);
    model_free(&m);
    return failed;
}

static int compare_id(const void *a, const void *b)
{
    const struct plan_entry *x = *(const struct plan_entry *const *)a, *y = *(const struct plan_entry *const *)b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void mark_duplicates(struct plan *p)
{
    struct plan_entry **sorted = mem_new((size_t)p->n, sizeof *sorted);
    for (int i = 0; i < p->n; i++)
        sorted[i] = &p->entry[i];
    qsort(sorted, (size_t)p->n, sizeof *sorted, compare_id);
    for (int i = 1; i < p->n; i++)
        sorted[i]->is_duplicate = strcmp(sorted[i]->id, sorted[i - 1]->id) == 0;
    free(sorted);
}

int plan_make(const struct experiment *x, struct plan *p, struct err *e)
{
    enum { ERRORS_SHOWN = 20 }; // a mistake in a sweep of thousands need not be told thousands of times
    *p = (struct plan){.n = spec_sweep_trials(x->sweep)};
    p->entry = mem_new((size_t)p->n, sizeof *p->entry);
    struct known_data known = {0};
    int failed = 0;
    for (int i = 0; i < p->n && e->count < ERRORS_SHOWN; i++) {
        struct trial t;
        struct err found = {0};
        p->entry[i].number = i;
        bool is_whole = trial_read(x, i, &t, &found) == 0;
        if (t.tree)
            plan_trial(x, &t, is_whole, &known, &p->entry[i], &found);
        trial_free(&t);
        failed |= found.count;
        err_merge(e, &found);
    }
    known_free(&known);
    if (failed)
        plan_free(p);
    else
        mark_duplicates(p);
    return failed ? -1 : 0;
}

void plan_free(struct plan *p)
{
    free(p->entry);
    *p = (struct plan){0};
}
