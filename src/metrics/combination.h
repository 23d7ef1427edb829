// Combines the errors of several models into one score. Pure functions.
//
// Errors of different models have different units. Each is first normalised by what it is for normal rows: a robust z
// of its logarithm, (log(error + offset) - center) / scale. Models of one kind agree more with each other than with
// other kinds, so their mean counts as one vote, however many they are.
#pragma once

#include "metrics/quantiles.h"
#include <stdbool.h>

// How the votes of the kinds become one score.
enum combination_rule {
    COMBINE_MEAN, // the mean over the kinds
    COMBINE_RANK, // the mean over the kinds of ranks among the errors of normal rows, instead of z
    COMBINE_MAX,  // the largest over the kinds
    COMBINE_LOW2, // the mean of the two lowest kinds
};
extern const char *const combination_names[]; // NULL-terminated, in the order of the enum
enum { COMBINATION_KINDS = 64 };              // the most kinds of a combination

struct normaliser {
    bool takes_log; // false: errors that are logarithms or ranks already
    double offset;  // is added before the logarithm, so that an error of 0 has one; 0 without logarithm
    double center, scale;
};
// Fits a normaliser to the quantiles of the errors of normal rows. The center is the median, and the scale is the
// interquartile range / 1.349, the standard deviation of a normal distribution with that range. If the range is 0, uses
// a wider pair of quantiles. The offset is the first quantile above 0 from level 0.01 on. Returns NULL, or the reason
// why there is no normaliser.
const char *normaliser_fit(const struct quantiles *errors, bool takes_log, struct normaliser *out);
// Returns the z of an error.
double normaliser_apply(const struct normaliser *z, double error);

// Returns the rank of an error among those of normal rows: the share of them below it, from 0 to 1, counting half of
// those that equal it. Beyond the largest it is 1 + log(error / largest), or 1 + error - largest without logarithm.
double combination_rank(const struct quantiles *errors, bool takes_log, double error);

// All arrays are borrowed.
struct combination {
    enum combination_rule rule;
    int n, kinds;                        // members; kinds, at most COMBINATION_KINDS
    const int *kind;                     // (n) kind of each member, from 0
    const struct normaliser *normaliser; // (n)
    const struct quantiles *errors;      // (n) errors of normal rows; only COMBINE_RANK reads them
};
// Sets out (rows) to the scores of rows. error[i] (rows) are the errors of member i. A member that has no error for a
// row (NaN) is left out for that row. The score is NaN if no member has one. Each row is computed by itself, in a fixed
// order, so that the bits do not depend on how rows are divided.
void combination_scores(const struct combination *c, const float *const *error, int64_t rows, float *out);
