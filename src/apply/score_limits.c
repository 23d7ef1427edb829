// Detects that new data has other units than the training data: then most values of a column are far outside the range
// that the training data has after scaling. All threads count; the counts are integers, so the order of adding does not
// matter.
#include "apply/score_limits.h"

#include "apply/blame.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "comm/comm.h"
#include "data/data_range.h"
#include "nn/nn.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The limits are wide, so that values beyond them are in other units, not just outliers.
void score_limits_set(struct score_pass *s)
{
    const struct trained_model *t = s->job->model;

    if (t->scaling.bytes_only)
        return;

    s->clips = model_error_is_cross_entropy(t->model, s->job->error.error);
    if (t->trial.train.loss == LOSS_BINARY_CROSSENTROPY) {
        s->limit_low = -1;
        s->limit_high = 2;
    } else if (t->scaling.factor) {
        s->limit_low = -10;
        s->limit_high = 10;
    }
}

// Returns true if any value is beyond the limits. The inner loop has a fixed number of turns, so that the compiler
// compares several values at once.
static bool is_any_beyond(size_t n, const real *x, real low, real high)
{
    enum { LANES = 16 };
    uint32_t beyond[LANES] = {0}, any = 0;
    size_t whole = n - n % LANES;

    for (size_t i = 0; i < whole; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            beyond[k] |= (uint32_t)(x[i + k] < low) | (uint32_t)(x[i + k] > high);
    for (size_t k = 0; k < LANES; k++)
        any |= beyond[k];
    for (size_t i = whole; i < n; i++)
        any |= x[i] < low || x[i] > high;
    return any;
}

// Checks all values together first, because few chunks have any value beyond the limits.
void score_limits_count(struct score_pass *s, int rows, const real *x)
{
    size_t columns = (size_t)s->n_features;
    size_t n = (size_t)rows * (size_t)s->columns;
    const real low = (real)s->limit_low, high = (real)s->limit_high;

    if (low == high)
        return;

    bool beyond = is_any_beyond(n, x, low, high);
    for (size_t i = 0; beyond && i < n; i++)
        if (x[i] < low || x[i] > high)
            __atomic_fetch_add(&s->beyond[i % columns], 1, __ATOMIC_RELAXED);
    if (s->clips)
        __atomic_fetch_add(&s->beyond[columns], data_range_count(n, x), __ATOMIC_RELAXED);
}

int score_limits_join(struct score_pass *s, struct err *e)
{
    const struct comm *comm = s->apply.team->comm;
    size_t n = (size_t)s->n_features + 1;
    size_t size = (size_t)comm->size;
    int64_t *all = mem_array(n * size, sizeof *all, "counts of values", e);
    if (comm_agree(comm, e) != 0) {
        free(all);
        return -1;
    }

    memcpy(all + n * (size_t)comm->rank, s->beyond, n * sizeof *all);
    comm_join_to_root(comm, all, n * size * sizeof *all);
    for (size_t k = 0; comm->rank == 0 && k < size; k++)
        for (size_t i = 0; i < n; i++)
            s->beyond[i] = (k ? s->beyond[i] : 0) + all[k * n + i];
    s->out->clipped = s->beyond[n - 1];
    free(all);
    return 0;
}

void score_limits_name_columns(const struct score_pass *s, struct score_outcome *out)
{
    enum { SHOWN = 5 };
    char *const *features = s->job->model->features;
    struct text names = {0};

    int64_t values = (s->apply.rows - out->unscored) * (s->columns / s->n_features); // number of values of each feature

    for (int c = 0; c < s->n_features; c++) {
        if (2 * s->beyond[c] <= values || out->beyond_columns++ >= SHOWN)
            continue;
        const char *comma = out->beyond_columns > 1 ? ", " : "";
        char *name = blame_feature_name(s->job->model, c);
        text_add(&names, features ? "%s'%s'" : "%s%s", comma, name);
        free(name);
    }
    if (out->beyond_columns > SHOWN)
        text_add(&names, " and %d more", out->beyond_columns - SHOWN);
    snprintf(out->beyond, sizeof out->beyond, "%s", names.data ? names.data : "");
    out->limit_low = s->limit_low;
    out->limit_high = s->limit_high;
    text_free(&names);
}
