// Reads the errors of two trials, makes sure that they belong to the same rows, and tests the difference.
#include "report/compare_pair.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/model_open.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// --- trials by name
static int name_ensemble(struct named_trial *t, const char *run, struct err *e)
{
    struct stat s;
    char *path = stat(run, &s) == 0 && S_ISDIR(s.st_mode) ? mem_format("%s/run.h5", run) : mem_text(run);
    int rc = ensemble_row_find(path, &t->ensemble, e);

    if (rc == 0 && !t->ensemble.has_row) {
        char *why = ensemble_why_not(&t->ensemble, run);
        rc = err_add(e, ERR_USAGE, "%s: has no ensemble: %s", path, why);
        free(why);
    }
    t->row = rc == 0 ? &t->ensemble.row : NULL;
    free(path);
    return rc;
}

// Finds the row whose id begins with `id`, or is `id`.
static int name_row(struct named_trial *t, const char *id, struct err *e)
{
    for (int i = 0; i < t->n; i++) {
        const struct leaderboard_row *row = &t->rows[i];
        if (strcmp(row->id, id) == 0) {
            t->row = row;
            return 0;
        }
        if (strncmp(row->id, id, strlen(id)) != 0)
            continue;
        if (t->row)
            return err_add(
                e, ERR_USAGE, "%s: '%s' begins several ids, %s and %s among them", t->name, id, t->row->id, row->id);
        t->row = row;
    }
    return t->row ? 0 : err_add(e, ERR_USAGE, "%s: no trial's id begins with '%s'", t->name, id);
}

static int name_best_row(struct named_trial *t, struct err *e)
{
    for (int i = 0; i < t->n && !t->row; i++)
        if (!row_is_stale(&t->rows[i]) && !t->rows[i].has_diverged)
            t->row = &t->rows[i];
    return t->row ? 0 : err_add(e, ERR_USAGE, "%s: has no finished trial", t->name);
}

int named_trial_read(const char *name, struct named_trial *t, struct err *e)
{
    const char *id = model_id(name);

    char *run = id ? mem_format("%.*s", (int)(id - 1 - name), name) : mem_text(name);
    int rc;

    *t = (struct named_trial){.name = name};
    if (id && strcmp(id, ENSEMBLE_ROW_ID) == 0)
        rc = name_ensemble(t, run, e);
    else
        rc = run_read_rows(run, STORE_CHECK, &t->rows, &t->n, e);
    if (rc == 0 && !t->row)
        rc = id ? name_row(t, id, e) : name_best_row(t, e);
    free(run);

    return rc;
}

void named_trial_free(struct named_trial *t)
{
    rows_free(&t->rows, t->n);
    ensemble_row_free(&t->ensemble);
    *t = (struct named_trial){0};
}

// --- the rows of a test set
struct tested_rows {
    float *error;       // (n), owned
    int8_t *is_anomaly; // (n), owned
    int64_t *index;     // (n), owned: row in its source
    int32_t *source;    // (n), owned: number of its source
    char *checksums;    // owned: those of the sources, one per line; NULL: not known, as for an ensemble
    int64_t n;
};

static void tested_rows_free(struct tested_rows *r)
{
    free(r->error);
    free(r->is_anomaly);
    free(r->index);
    free(r->source);
    free(r->checksums);
}

// Reads an array of the set into new memory. Returns NULL and an error on failure.
static void *read_set_array(struct store_file *f, const char *group, const char *name, enum store_type type,
    struct tested_rows *r, struct err *e)
{
    char *path = mem_format("%s/%s", group, name);
    struct store_shape shape;
    void *v = NULL;

    if (store_get_shape(f, path, &shape, e) == 0) {
        if (!r->n)
            r->n = shape.dims[0];
        if (shape.dims[0] != r->n)
            err_add(e, ERR_DATA, "%s: %s: found %lld rows, expected %lld", store_path(f), path,
                (long long)shape.dims[0], (long long)r->n);
        else
            v = mem_array((size_t)r->n, sizeof(int64_t), "rows of a test set", e);
    }
    if (v && store_read(f, path, type, store_entries(0, r->n), v, e) != 0) {
        free(v);
        v = NULL;
    }
    free(path);
    return v;
}

// Returns the checksums in lines "FILE.h5:SPLIT CHECKSUM", without the names, because a file may be elsewhere. New
// memory; NULL for NULL.
static char *checksums_of(const char *versions)
{
    struct text t = {0};

    if (!versions)
        return NULL;
    text_add(&t, "%s", "");
    for (const char *at = versions; *at;) {
        size_t length = strcspn(at, "\n"), key = length;
        while (key > 0 && at[key - 1] != ' ')
            key--;
        text_add(&t, "%.*s\n", (int)(length - key), at + key);
        at += length + (at[length] == '\n');
    }
    return t.data;
}

// Reads a test set with labels. The caller frees *r even after a failure.
static int tested_rows_read(const struct leaderboard_row *row, const char *set, struct tested_rows *r, struct err *e)
{
    const char *slash = *row->group ? "/" : "";
    char *group = mem_format("%s%s" TRIAL_SCORES "/%s", row->group, slash, set);
    char *provenance = mem_format("%s%s" TRIAL_PROVENANCE, row->group, slash);
    char *attribute = mem_format(PROVENANCE_DATA "%s", set);
    struct store_file *f = trial_open(row, e);

    *r = (struct tested_rows){0};
    if (f && (r->error = read_set_array(f, group, SCORES_ERROR, STORE_F32, r, e)) &&
        (r->is_anomaly = read_set_array(f, group, SCORES_IS_ANOMALY, STORE_I8, r, e)) &&
        (r->index = read_set_array(f, group, SCORES_INDEX, STORE_I64, r, e)))
        r->source = read_set_array(f, group, SCORES_SOURCE, STORE_I32, r, e);
    if (r->source && store_has(f, provenance)) {
        char *versions = store_get_text(f, provenance, attribute);
        r->checksums = checksums_of(versions);
        free(versions);
    }

    store_close(&f);
    free(group);
    free(provenance);
    free(attribute);
    return r->source ? 0 : -1;
}

// Returns how the rows of two sets differ, in new memory; NULL: they are the same.
static char *tested_rows_difference(const struct tested_rows *a, const struct tested_rows *b)
{
    if (a->n != b->n)
        return mem_format("%lld and %lld of them", (long long)a->n, (long long)b->n);
    if (a->checksums && b->checksums && strcmp(a->checksums, b->checksums) != 0)
        return mem_text("their data has other checksums");

    for (int64_t i = 0; i < a->n; i++) {
        if (a->index[i] != b->index[i] || a->source[i] != b->source[i])
            return mem_format("sample %lld is row %lld of source %d for one, and row %lld of source %d for the other",
                (long long)i, (long long)a->index[i], (int)a->source[i], (long long)b->index[i], (int)b->source[i]);
        if ((a->is_anomaly[i] != 0) != (b->is_anomaly[i] != 0))
            return mem_format("sample %lld is an anomaly only for one of them", (long long)i);
    }
    return NULL;
}

// Removes the rows that one of the trials has not scored.
static void keep_scored(struct tested_rows *a, struct tested_rows *b, struct pair_set *out)
{
    int64_t kept = 0;

    for (int64_t i = 0; i < a->n; i++) {
        if (isnan(a->error[i]) || isnan(b->error[i]))
            continue;
        a->error[kept] = a->error[i];
        b->error[kept] = b->error[i];
        a->is_anomaly[kept] = a->is_anomaly[i];
        out->anomalies += a->is_anomaly[i] != 0;
        kept++;
    }
    out->unscored = a->n - kept;
    out->samples = kept;
}

static int compare_tested_rows(const struct leaderboard_row *a, const struct leaderboard_row *b,
    struct tested_rows pair[2], struct pair_set *out, struct err *e)
{
    char *difference = tested_rows_difference(&pair[0], &pair[1]);

    if (difference) {
        err_add(e, ERR_USAGE,
            "test set %s: trials %.8s and %.8s were tested on different rows (%s), allowed: the same rows; hint: trials "
            "with the same data.test and data.split, and its seed, have the same rows",
            out->name, a->id, b->id, difference);
        free(difference);
        return -1;
    }
    keep_scored(&pair[0], &pair[1], out);
    return auc_compare(pair[0].error, pair[1].error, pair[0].is_anomaly, out->samples, &out->auc, e);
}

int pair_set_compare(const struct leaderboard_row *a, const struct leaderboard_row *b, const char *set,
    struct pair_set *out, struct err *e)
{
    struct tested_rows pair[2] = {{0}, {0}};

    *out = (struct pair_set){.name = mem_text(set)};
    int rc = tested_rows_read(a, set, &pair[0], e);
    if (rc == 0)
        rc = tested_rows_read(b, set, &pair[1], e);
    if (rc == 0)
        rc = compare_tested_rows(a, b, pair, out, e);

    tested_rows_free(&pair[0]);
    tested_rows_free(&pair[1]);
    return rc;
}

struct trial_pair *trial_pair_new(const struct leaderboard_row *a, const struct leaderboard_row *b, struct err *e)
{
    struct trial_pair *p = mem_new(1, sizeof *p);
    int rc = 0;

    p->set = mem_new((size_t)a->n_sets + 1, sizeof *p->set);
    for (int i = 0; i < a->n_sets; i++) {
        const struct set_results *other = row_find_set(b, a->set[i].name);
        if (!a->set[i].has_labels || !other || !other->has_labels)
            continue;
        rc |= pair_set_compare(a, b, a->set[i].name, &p->set[p->n], e);
        p->n++;
    }

    if (rc == 0 && p->n == 0)
        rc = err_add(e, ERR_USAGE, "trials %.8s and %.8s have no test set with labels in common", a->id, b->id);
    if (rc != 0)
        trial_pair_free(&p);
    return p;
}

void trial_pair_free(struct trial_pair **p)
{
    if (!*p)
        return;
    for (int i = 0; i < (*p)->n; i++)
        free((*p)->set[i].name);
    free((*p)->set);
    free(*p);
    *p = NULL;
}
