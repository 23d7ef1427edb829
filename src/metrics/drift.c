// Measures drift. Counting takes one binary search per value, or two for a value near a quantile; measuring is one loop
// over the levels.
#include "metrics/drift.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

void drift_table_init(struct drift_table *t, const struct quantiles *q)
{
    static const double TOLERANCE = 2e-6;
    *t = (struct drift_table){0};
    if (q->n == 0 || isnan(q->value[0]))
        return;

    size_t n = (size_t)q->n;
    t->n = q->n;
    t->low = mem_new(n, sizeof *t->low);
    t->high = mem_new(n, sizeof *t->high);
    t->below = mem_new(n + 1, sizeof *t->below);
    t->moved = mem_new(n + 1, sizeof *t->moved);
    double range = q->value[q->n - 1] - q->value[0];
    double least = isfinite(range) ? TOLERANCE * range / 100 : 0;
    for (int i = 0; i < q->n; i++) {
        double width = isfinite(q->value[i]) ? TOLERANCE * fabs(q->value[i]) + least : 0;
        t->low[i] = (float)(q->value[i] - width);
        t->high[i] = (float)(q->value[i] + width);
    }
}

void drift_table_free(struct drift_table *t)
{
    free(t->low);
    free(t->high);
    free(t->below);
    free(t->moved);
    *t = (struct drift_table){0};
}

// limits_below and limits_at_most return how many of the ascending limits (n) are below x, or not above x. The search
// has no branch that depends on the values, because a processor would mispredict every second one. Compilers make such
// a branch of a conditional operator.
static int limits_below(const float *limit, int n, float x)
{
    int at = 0;
    for (int half; n > 1; n -= half) {
        half = n / 2;
        at += half & -(limit[at + half - 1] < x);
    }
    return at + (limit[at] < x);
}

static int limits_at_most(const float *limit, int n, float x)
{
    int at = 0;
    for (int half; n > 1; n -= half) {
        half = n / 2;
        at += half & -(limit[at + half - 1] <= x);
    }
    return at + (limit[at] <= x);
}

static void add_count(int64_t *count, int64_t value)
{
    __atomic_fetch_add(count, value, __ATOMIC_RELAXED);
}

// Counts one value with its place by `low`. The place by `high` differs only if the value is near a limit, because
// `low` and `high` are close.
static void count_value(struct drift_table *t, float value, int place)
{
    add_count(&t->below[place], 1);
    if (place > 0 && !(t->high[place - 1] < value)) {
        add_count(&t->moved[place], -1);
        add_count(&t->moved[limits_below(t->high, t->n, value)], 1);
    }
}

// Searches for several places first and counts afterwards, because an atomic addition waits for all operations before
// it.
void drift_table_count(struct drift_table *t, const float *values, int n)
{
    enum { PIECE = 64 };
    int place[PIECE];

    for (int first = 0; first < n && t->n; first += PIECE) {
        int m = n - first < PIECE ? n - first : PIECE;
        for (int i = 0; i < m; i++)
            place[i] = limits_at_most(t->low, t->n, values[first + i]);
        for (int i = 0; i < m; i++)
            if (!isnan(values[first + i]))
                count_value(t, values[first + i], place[i]);
    }
}

static double index_term(double new_share, double old_share)
{
    static const double LEAST = 1e-4;
    double a = fmax(new_share, LEAST), b = fmax(old_share, LEAST);
    return (a - b) * log(a / b);
}

struct drift drift_table_measure(const struct drift_table *t, const double *level)
{
    enum { BINS = 10 };
    struct drift d = {NAN, NAN, 0};
    for (int i = 0; i <= t->n && t->n; i++)
        d.n += t->below[i];
    if (d.n < DRIFT_VALUES)
        return d;

    int64_t below = 0, at_most = 0;
    double last_new = 0, last_level = 0, n = (double)d.n;
    d.ks = d.psi = 0;
    for (int i = 0; i < t->n; i++) {
        below += t->below[i];
        at_most += t->below[i] + t->moved[i];
        // With ties, the new share at this quantile is any from the share of values below it to the share of values not
        // above it. The one nearest to the known share counts.
        double share = fmin(fmax(level[i], (double)below / n), (double)at_most / n);
        d.ks = fmax(d.ks, fabs(share - level[i]));
        bool is_edge = i == t->n - 1 || fabs(level[i] * BINS - round(level[i] * BINS)) < 1e-9;
        if (!is_edge || level[i] == 0)
            continue;
        double upper = i == t->n - 1 ? 1 : share;
        d.psi += index_term(upper - last_new, level[i] - last_level);
        last_new = upper;
        last_level = level[i];
    }

    return d;
}
