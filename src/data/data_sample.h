// Evenly spaced rows of a data set, as a data set of their own.
#pragma once

#include "data/dataset.h"

// Sets *out to `rows` evenly spaced rows of d, at most all of them. Only values and marks of rows that the model cannot
// take are in it; labels, anomalies and, unless stored rows need them, sources are NULL. It borrows all but its tables
// from d. Returns 0, or -1 and an error if memory runs out; free it with data_sample_free in both cases.
int data_sample(const struct dataset *d, int64_t rows, struct dataset *out, struct err *e);
// Returns the row of d that becomes row i of `rows`.
static inline int64_t data_sample_row(const struct dataset *d, int64_t i, int64_t rows)
{
    return i * d->rows / rows;
}
void data_sample_free(struct dataset *sample);
