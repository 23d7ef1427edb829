// Computes quantiles of unsorted values: exact, and interpolated as in NumPy.
#pragma once

#include <stdint.h>

// The place of a quantile among n sorted values, computed as in NumPy: between values k and k + 1.
struct quantile_place {
    int64_t k;
    double rest; // position between these two, from 0 to 1
};
struct quantile_place quantile_find_place(int64_t n, double share);
// Returns the value at position `rest` (0 to 1) between two values.
double quantile_between(double below, double above, double rest);
// Returns a quantile of v (n), which it reorders. Several quantiles of v are computed in ascending order of `share`:
// *from is 0 before the first call, and each call sets it to the place where the next one continues.
double quantile_select(double *v, int64_t n, double share, int64_t *from);
