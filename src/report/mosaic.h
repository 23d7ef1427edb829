// A mosaic: generated samples side by side in one PNG, from a grid of codes or from draws of the model's prior. Tiles
// have no gap between them, so that the change from one tile to the next is visible.
#pragma once

#include "base/err.h"
#include <stdint.h>

struct mosaic {
    int rank;          // number of dimensions of a sample
    const int *dims;   // (rank)
    int64_t count;     // number of samples
    int64_t columns;   // samples side by side; 0: a nearly square mosaic
    float low, high;   // values drawn black and white in images; equal: [0, 1], widened to the range of all values
    const char *title; // borrowed; NULL: none
};

// Checks that a picture can hold `count` samples of shape dims[0..rank). Returns -1 with ERR_USAGE if not.
int mosaic_check(int rank, const int *dims, int64_t count, struct err *e);
// Draws x (count, values of a sample) and writes `path` as picture_write does. Returns -1 and an error on failure.
int mosaic_write(const struct mosaic *m, const float *x, const char *path, struct err *e);
// Does the same as mosaic_write for the first m->count samples of a split of a data set, FILE.h5:SPLIT. The file must
// have been written by this program, because it is opened without the checks for foreign files.
int mosaic_draw(const struct mosaic *m, const char *split, const char *path, struct err *e);
