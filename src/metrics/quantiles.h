// Computes quantiles of values in memory, and of a distribution that is known only by a table of some of its quantiles.
// Pure functions. A level is the share of the values that are smaller, in [0, 1].
#pragma once

#include "base/err.h"
#include <stdint.h>

// Returns the value between a and b at t in [0, 1). If t is 0 or a equals b, returns a, even if one of them is
// infinite.
double interpolate_linear(double a, double b, double t);

// Sorts v (n), which has no NaN, in ascending order; -0 becomes 0. O(n) time by radix sort. Returns 0, or -1 and an
// error if memory runs out.
int values_sort(float *v, int64_t n, struct err *e);
// Returns the quantile at `level` of ascending values (n), with linear interpolation (numpy's default). Returns NaN if
// n is 0.
double sorted_quantile(const float *sorted, int64_t n, double level);

// A table of quantiles, from level 0 to level 1: value[i] at level[i]. Values ascend, levels strictly.
struct quantiles {
    const double *level, *value; // (n), borrowed
    int n;                       // at least 2; 0: the distribution is not known
};
// Returns the value at a level, with linear interpolation between neighbours. Returns NaN if the distribution is not
// known.
double quantiles_value(const struct quantiles *q, double level);
// Returns the share of values below x, with linear interpolation. If `upper` is not NULL, sets *upper to the share of
// values that are not above x. The two differ if a value is so frequent that it is the quantile of several levels. Both
// are NaN if the distribution is not known or x is NaN.
double quantiles_share(const struct quantiles *q, double x, double *upper);
