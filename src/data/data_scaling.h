// Fills missing values and scales columns. A scaling is plain numbers, which can be stored with a model and applied to
// other data later: value -> fill if missing -> (value - shift) * factor.
#pragma once

#include <stdbool.h>

struct scaling {
    int columns;
    double *shift, *factor; // (columns), owned; both NULL: none
    double *fill;           // (columns), owned: replaces missing values; NULL: they are refused
    int ignores_missing;    // 1: missing values stay NaN, without fill
    int bytes_only;         // 1: made for bytes (scale: unit); other types are refused
};

void scaling_copy(struct scaling *to, const struct scaling *from);
void scaling_free(struct scaling *s);

// out (columns) := row (columns), filled and scaled. as_float: for values that float holds exactly, computes in float
// as dataset_gather does, so that rows have the same bits whether they are converted before or during the gathering of
// a batch. Otherwise computes in double and rounds at the end.
void scaling_apply(const struct scaling *s, bool as_float, const double *row, float *out);
