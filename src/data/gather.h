// Gathers a batch: rows of a data set are widened and scaled into one dense matrix.
#pragma once

#include "base/real.h"
#include "data/dataset.h"
#include <stdint.h>

// out (n, columns) := rows[0..n) of `d`, scaled. Several threads may call it.
void dataset_gather(const struct dataset *d, const int32_t *rows, int n, real *out);
