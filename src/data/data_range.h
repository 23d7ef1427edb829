// How far a data set, as the model sees it, keeps within [0, 1], which a cross-entropy needs of it.
#pragma once

#include "base/real.h"
#include "data/dataset.h"

struct data_range {
    int64_t values, outside; // all that are there; those below 0 or above 1 by more than rounding
    int64_t row;             // of the data set: the first row with such a value, if there is one
    int column;              // that value's
    double value;
};

// Looks at every value of `d` after filling and scaling; missing ones count for nothing. Takes no time for bytes that
// are scaled into the range.
void data_range_measure(const struct dataset *d, struct data_range *out);
// Of n values, those outside.
int64_t data_range_count(size_t n, const real *x);
// "the first, -0.5, in row 7 of ctg.h5:all, column 'LB'": into `out`, which is returned.
char *data_range_first(char out[256], const struct data_range *r, const struct dataset *d);
