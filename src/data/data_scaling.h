// Filling of missing values and scaling of columns, as plain numbers that can be stored with a model and applied to
// other data later: value -> fill if missing -> (value - shift) * factor.
#pragma once

#include <stdbool.h>

struct scaling {
    int columns;
    double *shift, *factor; // (columns), owned; both NULL: none
    double *fill;           // (columns), owned: what stands for a missing value; NULL: missing values are refused
    int ignores_missing;    // 1: missing values stay NaN, without fill
    int bytes_only;         // 1: made for bytes (scale: unit); other types are refused
};

void scaling_copy(struct scaling *to, const struct scaling *from);
void scaling_free(struct scaling *s);

// out (columns) := row (columns), filled and scaled. as_float: with the float arithmetic of dataset_gather, for values
// that float holds exactly, so that rows give the same bits whether they are converted ahead or while a batch is
// gathered; else in double, rounded at the end.
void scaling_apply(const struct scaling *s, bool as_float, const double *row, float *out);
