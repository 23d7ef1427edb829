// Gathers batches: widens and scales rows of a data set into one dense matrix.
#pragma once

#include "base/real.h"
#include "data/dataset.h"
#include <stdint.h>

// Sets out (n, columns) to the scaled rows rows[0..n) of `d`. Several threads may call it.
void dataset_gather(const struct dataset *d, const int32_t *rows, int n, real *out);
