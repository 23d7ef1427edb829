// Measures how much new values differ from a distribution of which only a table of quantiles is known. Pure functions.
#pragma once

#include "metrics/quantiles.h"

// Counts values between the quantiles of a table. A value within a small tolerance of a quantile counts as equal to it,
// because stored quantiles are rounded.
struct drift_table {
    float *low, *high; // (n), owned: quantiles minus and plus the tolerance
    int64_t *below;    // (n + 1), owned: [i]: number of values at or above exactly i of the `low`
    int64_t *moved;    // (n + 1), owned: below[i] + moved[i] is the number of values above exactly i of the `high`
    int n;             // 0: the distribution is not known
};
void drift_table_init(struct drift_table *t, const struct quantiles *q);
void drift_table_free(struct drift_table *t);
// Counts n values, except NaN. Several threads may call it.
void drift_table_count(struct drift_table *t, const float *values, int n);

// The Kolmogorov-Smirnov statistic is the largest difference of the two distribution functions at a quantile of the
// table. The population stability index is the sum of (new - old) ln(new / old) over the shares of ten bins, which are
// the deciles of the table; shares below 1e-4 count as 1e-4. If new values are equal to a quantile, their share at it
// may be any from the share below it to the share not above it; the one nearest to the known share counts. Common
// limits of the index: 0.1 for a small change, 0.25 for a large one.
struct drift {
    double ks, psi; // NaN: fewer than DRIFT_VALUES values were counted, or no distribution is known
    int64_t n;      // values that were counted
};
enum { DRIFT_VALUES = 50 };
struct drift drift_table_measure(const struct drift_table *t, const double *level);
