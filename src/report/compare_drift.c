// How far two trials of one spec are from each other, sample by sample.
#include "report/compare_impl.h"

#include "base/mem.h"
#include "leaderboard/result_hash.h"
#include "metrics/metrics.h"
#include "trial/trial_load.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int bits_of(const struct leaderboard_row *s, char out[RESULT_HASH_LENGTH + 1], struct err *e)
{
    struct store_file *f = trial_open(s, e);
    int failed = f ? store_verify_group(f, s->group, e) : -1; // the hash is made of checksums
    if (!failed)
        result_hash(f, s->group, out);
    store_close(&f);
    return failed;
}

// Leaves out rows that have no error (NaN) on either side: they are no drift. Returns how many are left.
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

static int errors_differ(const struct leaderboard_row *a, const struct leaderboard_row *b, const char *set,
    bool is_first, struct compare_drift *d, struct err *e)
{
    int64_t n, m;
    float *x = trial_errors(a, set, &n, e), *y = x ? trial_errors(b, set, &m, e) : NULL;
    int failed = y ? 0 : -1;
    if (y && n == m) {
        n = drop_unscored(x, y, n);
        double worst = max_abs_difference(x, y, n);
        d->error = isnan(worst) || !(d->error >= worst) ? worst : d->error;
        if (is_first && n > 0)
            failed = spearman(x, y, n, &d->correlation, e);
    }
    free(x);
    free(y);
    return failed;
}

static const struct set_results *set_named(const struct leaderboard_row *s, const char *name)
{
    for (int i = 0; i < s->n_sets; i++)
        if (strcmp(s->set[i].name, name) == 0)
            return &s->set[i];
    return NULL;
}

int drift_of(const struct leaderboard_row *a, const struct leaderboard_row *b, struct compare_drift *d, struct err *e)
{
    char x[RESULT_HASH_LENGTH + 1] = "", y[RESULT_HASH_LENGTH + 1] = "";
    d->error = d->correlation = d->auc = NAN;
    int failed = bits_of(a, x, e) != 0 || bits_of(b, y, e) != 0 ? -1 : 0;
    d->is_same = !failed && strcmp(x, y) == 0;
    bool is_first = true;
    for (int i = 0; i < a->n_sets && !failed; i++) {
        const struct set_results *other = set_named(b, a->set[i].name);
        if (!other)
            continue;
        if (is_first)
            d->auc = other->roc_auc - a->set[i].roc_auc;
        failed = errors_differ(a, b, a->set[i].name, is_first, d, e);
        is_first = false;
    }
    return failed;
}
