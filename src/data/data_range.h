// Counts the values of a data set that are outside [0, 1] when the model sees them. A cross-entropy is undefined there.
#pragma once

#include "base/real.h"
#include "data/dataset.h"

struct data_range {
    int64_t values, outside; // number of all values, and of those outside [0, 1] by more than rounding
    int64_t row;             // row of the first value outside, if there is one
    int column;              // column of that value
    double value;
};

// Examines every value of `d` that is not missing, after filling and scaling. Bytes are not examined if the scaling
// keeps every byte within the range.
void data_range_measure(const struct dataset *d, struct data_range *out);
// Returns how many of n values are outside the range.
int64_t data_range_count(size_t n, const real *x);
// Writes "the first, -0.5, in row 7 of ctg.h5:all, column 'LB'" to `out`. Returns out.
char *data_range_first(char out[256], const struct data_range *r, const struct dataset *d);
