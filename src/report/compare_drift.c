// Measures how far two trials with the same id differ, sample by sample.
#include "report/compare_impl.h"

#include "base/mem.h"
#include "leaderboard/result_hash.h"
#include "leaderboard/run_read.h"
#include "leaderboard/trial_open.h"
#include "metrics/metrics.h"
#include "store/store.h"
#include "trial/experiment.h"
#include "trial/trial_load.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Stores the hash of a trial's results in `out`. The hash is made of the checksums in the file, so these are verified
// first.
static int hash_results(const struct leaderboard_row *trial, char out[RESULT_HASH_LENGTH + 1], struct err *e)
{
    struct store_file *f = trial_open(trial, e);
    int rc = f ? store_verify_group(f, trial->group, e) : -1;
    if (rc == 0)
        result_hash(f, trial->group, out);
    store_close(&f);
    return rc;
}

// Removes the samples for which neither side has an error (both are NaN), because they are no drift. Returns how many
// remain.
static int64_t drop_unscored(float *x, float *y, int64_t n)
{
    int64_t kept = 0;

    for (int64_t i = 0; i < n; i++) {
        if (isnan(x[i]) && isnan(y[i]))
            continue;
        x[kept] = x[i];
        y[kept++] = y[i];
    }
    return kept;
}

// Raises d->error to the largest difference of the errors x and y of one test set. If `is_first` is true, also sets the
// correlation.
static int drift_add_errors(struct compare_drift *d, float *x, float *y, int64_t n, bool is_first, struct err *e)
{
    n = drop_unscored(x, y, n);
    double worst = max_abs_difference(x, y, n);
    d->error = isnan(worst) || !(d->error >= worst) ? worst : d->error;
    return is_first && n > 0 ? spearman(x, y, n, &d->correlation, e) : 0;
}

// Reads the errors of both trials in one test set and adds their differences to *d.
static int drift_add_set(
    struct compare_drift *d, const struct leaderboard_row *const pair[2], const char *set, bool is_first, struct err *e)
{
    int64_t n = 0, m = 0;
    float *x = trial_errors(pair[0], set, &n, e);
    float *y = x ? trial_errors(pair[1], set, &m, e) : NULL;
    int rc = y ? 0 : -1;

    if (y && n == m)
        rc = drift_add_errors(d, x, y, n, is_first, e);
    free(x);
    free(y);
    return rc;
}

int drift_measure(
    const struct leaderboard_row *a, const struct leaderboard_row *b, struct compare_drift *d, struct err *e)
{
    char x[RESULT_HASH_LENGTH + 1] = "", y[RESULT_HASH_LENGTH + 1] = "";
    bool is_first = true;

    ASSERT(strncmp(a->id, b->id, TRIAL_ID_LENGTH) == 0, "%s and %s", a->id, b->id);
    d->error = d->correlation = d->auc = NAN;
    int rc = hash_results(a, x, e) != 0 || hash_results(b, y, e) != 0 ? -1 : 0;
    d->is_same = rc == 0 && strcmp(x, y) == 0;

    for (int i = 0; i < a->n_sets && rc == 0; i++) {
        const struct set_results *mine = &a->set[i], *other = row_find_set(b, mine->name);
        if (!other)
            continue;
        if (is_first)
            d->auc = other->roc_auc - mine->roc_auc;
        rc = drift_add_set(d, (const struct leaderboard_row *const[]){a, b}, mine->name, is_first, e);
        is_first = false;
    }

    return rc;
}
