// Generated samples side by side, as one PNG: the manifold that a model's codes lie on, or draws of its prior.
#pragma once

#include "base/err.h"
#include <stdint.h>

struct mosaic {
    int rank;          // of a sample
    const int *dims;   // (rank)
    int64_t count;     // samples
    int64_t columns;   // samples side by side; 0: as many as below each other
    float low, high;   // the values drawn black and white; both 0: 0 and 1 where all values lie there, else their range
    const char *title; // NULL: none
};

// Whether so many samples of such a shape fit a picture; -1 and ERR_USAGE.
int mosaic_check(int rank, const int *dims, int64_t count, struct err *e);
// Draws x (count, values of a sample) into `path`, whole or not at all. -1 and an error.
int mosaic_write(const struct mosaic *m, const float *x, const char *path, struct err *e);
// The same of the first samples of a split of a data set, FILE.h5:SPLIT, which this program has just written.
int mosaic_draw(const struct mosaic *m, const char *split, const char *path, struct err *e);
