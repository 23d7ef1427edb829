// Quantiles of values that are not sorted: exact, and interpolated as in NumPy.
#pragma once

#include <stdint.h>

// A place among n sorted values, as NumPy computes it for a quantile: between the values k and k + 1.
struct quantile_place {
    int64_t k;
    double rest; // of the way from the first to the second
};
struct quantile_place quantile_find_place(int64_t n, double share);
// Returns the value that lies `rest` of the way from one value to the next.
double quantile_between(double below, double above, double rest);
// Returns a quantile of v (n), which it reorders. The values before place *from are no larger than those behind it;
// *from becomes the place of this quantile.
double quantile_select(double *v, int64_t n, double share, int64_t *from);
