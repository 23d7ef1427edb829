// Reads from a trial's file what decides whether, and with what weight, the trial is a member of an ensemble.
#include "leaderboard/candidate.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/trial_kind.h"
#include "metrics/combination.h"
#include "spec/spec.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool row_may_be_member(const struct leaderboard_row *row)
{
    return !row->has_diverged && !row_is_stale(row);
}

static void drop_key(struct node *map, const char *key)
{
    struct node *item = map ? node_take(map, key) : NULL;

    if (item)
        node_free(&item);
}

// Sets `out` to the hash of a tree and of the versions of the data.
static void hash_tree(const struct node *n, const char *versions, char out[33])
{
    struct text text = {0};

    node_emit(n, &text);
    text_add(&text, "%s", versions);
    hash_identity(out, text.data, text.length);
    text_free(&text);
}

// Sets the hashes of a candidate. Removes from the spec what does not count for them.
static void identify_candidate(struct node *spec, const char *versions, struct member_candidate *c)
{
    static const char *const of_scaling[] = {"scale", "fill", "missing"};
    struct node *data = node_get(spec, "data");

    drop_key(spec, "name");
    drop_key(spec, "about");
    drop_key(node_get(spec, "train"), "epochs");
    hash_tree(spec, versions, c->lineage);

    for (size_t i = 0; i < sizeof of_scaling / sizeof *of_scaling; i++)
        drop_key(data, of_scaling[i]);
    if (data)
        hash_tree(data, versions, c->data);
}

// Reads one array of the reference into new memory. Returns NULL if the trial does not have it, or NULL and an error if
// it is damaged.
static double *read_reference_array(struct store_file *f, const char *group, const char *name, int *n, struct err *e)
{
    struct store_shape shape;
    double *v = NULL;
    char *path = mem_format("%s%s" TRIAL_REFERENCE "/%s", group, *group ? "/" : "", name);

    if (store_has(f, path) && store_get_shape(f, path, &shape, e) == 0) {
        if (shape.rank != 1 || shape.dims[0] < 2 || shape.dims[0] > 1 << 20)
            err_add(e, ERR_DATA, "%s: %s: its shape is not that of a reference", store_path(f), path);
        else {
            v = mem_new((size_t)shape.dims[0], sizeof *v);
            *n = (int)shape.dims[0];
            store_read(f, path, STORE_F64, store_entries(0, *n), v, e);
        }
    }
    free(path);
    return v;
}

static int read_candidate_quantiles(struct store_file *f, const char *group, struct member_candidate *c, struct err *e)
{
    const int before = e->count;
    int levels = 0, n = 0;

    c->level = read_reference_array(f, group, REFERENCE_LEVEL, &levels, e);
    c->quantile = read_reference_array(f, group, REFERENCE_VALIDATION, &n, e);
    c->is_held_out = c->quantile != NULL;
    if (!c->quantile)
        c->quantile = read_reference_array(f, group, SCORES_ERROR, &n, e);

    if (e->count > before)
        return -1;
    if (c->level && c->quantile && levels != n)
        return err_add(e, ERR_DATA, "%s: %s/" TRIAL_REFERENCE ": found %d levels and %d quantiles", store_path(f),
            group, levels, n);
    c->levels = c->level && c->quantile ? n : 0;
    return 0;
}

static void read_veto(struct member_candidate *c)
{
    const struct quantiles q = {c->level, c->quantile, c->levels};
    const char *reason = combination_refuse(&q);

    if (reason)
        c->veto = mem_text(reason);
}

int candidate_read(struct store_file *f, const char *group, const struct leaderboard_row *row,
    struct member_candidate *c, struct err *e)
{
    char *text = store_get_text(f, group, TRIAL_SPEC);
    struct node *spec = text ? spec_parse(store_path(f), text, strlen(text), e) : NULL;
    struct leaderboard_row whole = {0};
    int rc = -1;

    *c = (struct member_candidate){.row = row};
    if (!spec)
        err_add(e, ERR_DATA, "%s: trial %s has no spec, or a damaged one", store_path(f), row->id);
    else if (row->data || row_read_group(f, group, &whole, e) == 0) {
        c->is_log = trial_error_is_log(spec);
        c->kind = trial_kind(spec);
        identify_candidate(spec, row->data ? row->data : whole.data, c);
        rc = read_candidate_quantiles(f, group, c, e);
        if (rc == 0)
            read_veto(c);
    }

    row_free(&whole);
    if (spec)
        node_free(&spec);
    free(text);
    return rc;
}

void candidate_clear(struct member_candidate *c)
{
    free(c->kind);
    free(c->level);
    free(c->quantile);
    free(c->veto);
    *c = (struct member_candidate){0};
}

void candidates_free(struct member_candidate **c, int n)
{
    for (int i = 0; i < n; i++)
        candidate_clear(&(*c)[i]);
    free(*c);
    *c = NULL;
}

// --- the choice

bool candidates_share_data(const struct member_candidate *c, int n)
{
    for (int i = 1; i < n; i++)
        if (strcmp(c[i].data, c[0].data) != 0)
            return false;
    return true;
}

static int compare_lineages_and_epochs(const void *a, const void *b)
{
    const struct member_candidate *x = *(struct member_candidate *const *)a, *y = *(struct member_candidate *const *)b;
    int order = strcmp(x->lineage, y->lineage);

    if (order == 0)
        order = (x->row->epochs < y->row->epochs) - (x->row->epochs > y->row->epochs);
    return order ? order : (x > y) - (x < y);
}

void candidates_keep_one_per_lineage(struct member_candidate *c, int n)
{
    struct member_candidate **sorted = mem_new((size_t)n + 1, sizeof(struct member_candidate *));

    for (int i = 0; i < n; i++)
        sorted[i] = &c[i];
    if (n > 1)
        qsort(sorted, (size_t)n, sizeof(struct member_candidate *), compare_lineages_and_epochs);

    for (int i = 1, first = 0; i < n; i++)
        if (strcmp(sorted[i]->lineage, sorted[first]->lineage) != 0)
            first = i;
        else if (!sorted[i]->veto)
            sorted[i]->veto = mem_format(
                "trial %s is the same with %lld epochs", sorted[first]->row->id, (long long)sorted[first]->row->epochs);
    free(sorted);
}

int candidates_join(
    const struct member_candidate *c, int n, enum combination_rule rule, struct ensemble *x, struct err *e)
{
    *x = (struct ensemble){.threshold = NAN, .step_threshold = NAN, .is_held_out = true, .combination.rule = rule};
    for (int i = 0; i < n; i++) {
        const struct quantiles q = {c[i].level, c[i].quantile, c[i].levels};
        if (c[i].veto)
            ensemble_add_veto(x, c[i].row->id, c[i].veto);
        else {
            if (x->n > 0 && q.n != x->levels)
                return err_add(e, ERR_DATA, "trial %s: found %d levels in its reference, and %d in that of trial %s",
                    c[i].row->id, q.n, x->levels, x->member[0].id);
            ensemble_add(x, c[i].row->id, c[i].kind, &q, c[i].is_log);
            x->is_held_out = x->is_held_out && c[i].is_held_out;
        }
    }

    x->experiment = mem_text(n > 0 ? c[0].row->experiment : "");
    return x->n > 0 ? ensemble_finish(x, e) : 1;
}
