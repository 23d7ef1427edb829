// Makes a data set of evenly spaced rows of another one.
#pragma once

#include "data/dataset.h"

// Sets *out to `rows` evenly spaced rows of d, which has at least that many. The sample has only values and the marks
// of rows that the model cannot take. It has no labels, anomalies and coordinates, and `source` only if d has the type
// DATASET_STORED. It owns the arrays that data_sample_free frees, and borrows everything else from d. Returns 0, or -1
// and an error if memory runs out. Free it with data_sample_free in both cases.
int data_sample(const struct dataset *d, int64_t rows, struct dataset *out, struct err *e);
// Returns the number in d of row i of a sample of `rows` rows.
static inline int64_t data_sample_row(const struct dataset *d, int64_t i, int64_t rows)
{
    return i * d->rows / rows;
}
void data_sample_free(struct dataset *sample);
