// Counts the values of a data set, as the model sees it, outside [0, 1], where a cross-entropy is undefined.
#pragma once

#include "base/real.h"
#include "data/dataset.h"

struct data_range {
    int64_t values, outside; // all that are not missing; those below 0 or above 1 by more than rounding
    int64_t row;             // the first row of the data set with such a value, if there is one
    int column;              // of that value
    double value;
};

// Looks at every value of `d` after filling and scaling, missing ones aside. Bytes that are scaled into the range take
// no time.
void data_range_measure(const struct dataset *d, struct data_range *out);
// Returns how many of n values are outside.
int64_t data_range_count(size_t n, const real *x);
// Writes "the first, -0.5, in row 7 of ctg.h5:all, column 'LB'" into `out`, which is returned.
char *data_range_first(char out[256], const struct data_range *r, const struct dataset *d);
