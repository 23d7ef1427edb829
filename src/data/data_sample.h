// Evenly spaced rows of a data set, as a data set of their own.
#pragma once

#include "data/dataset.h"

// Sets *out to `rows` evenly spaced rows of d, at most all of them. Only values and marks of rows that the model cannot
// take are in it; labels, anomalies and sources are NULL. It borrows all but its tables from d. Returns 0, or -1 and an
// error if memory runs out; free it with data_sample_free in both cases.
int data_sample(const struct dataset *d, int64_t rows, struct dataset *out, struct err *e);
void data_sample_free(struct dataset *sample);
