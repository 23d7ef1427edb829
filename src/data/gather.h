// Gathering of a batch: the chosen rows of a data set, widened and scaled into one dense matrix.
#pragma once

#include "base/real.h"
#include "data/dataset.h"
#include <stdint.h>

// out := rows[0..n) of `d`, scaled.  out (n, columns). Safe from several threads.
void dataset_gather(const struct dataset *d, const int32_t *rows, int n, real *out);
