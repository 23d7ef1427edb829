// Gathers batches: widens and scales rows of a data set into one dense matrix.
#pragma once

#include "base/real.h"
#include "data/dataset.h"
#include <stdint.h>

// Sets out (n, columns) to the scaled rows rows[0..n) of `d`. Several threads may call it.
void dataset_gather(const struct dataset *d, const int32_t *rows, int n, real *out);
// Sets out (n, columns) to the n scaled rows from row `first` on: `most` rows, or those that are left. Returns n.
int dataset_gather_piece(const struct dataset *d, int64_t first, int most, real *out);
