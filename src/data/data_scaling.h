// Fills missing values and scales columns. A scaling is plain numbers, which can be stored with a model and applied to
// other data later: value -> fill if missing -> logarithm -> (value - shift) * factor -> limits.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct scaling {
    int columns;
    double *shift, *factor; // (columns), owned; both NULL: none
    double *fill;           // (columns), owned: replaces missing values; NULL: they are refused
    int64_t *takes_log;     // (columns), owned: 1: sign(x) log(1 + |x|) stands for x; NULL: no logarithms
    double *low, *high;     // (columns), owned: limits of the scaled values; both NULL: none
    int ignores_missing;    // 1: missing values stay NaN, without fill
    int bytes_only;         // 1: made for bytes (scale: unit); other types are refused
};

void scaling_copy(struct scaling *to, const struct scaling *from);
void scaling_free(struct scaling *s);

// Whether a shift and a factor are all that values need, so that they can stay as they are stored until a batch is
// gathered.
bool scaling_is_affine(const struct scaling *s);
// The logarithm of scalings, and its inverse.
double scaling_log(double x);
double scaling_exp(double x);

// out (columns) := row (columns), filled and scaled. as_float: for values that float holds exactly, computes in float
// as dataset_gather does, so that rows have the same bits whether they are converted before or during the gathering of
// a batch. Otherwise computes in double and rounds at the end.
void scaling_apply(const struct scaling *s, bool as_float, const double *row, float *out);
// Returns the value of a column that a scaled value stands for.
double scaling_undo(const struct scaling *s, int column, double scaled);
// Rounds a value in original units to the digits that its scaled value, a float, can tell: 0 instead of 4.5e-05.
double scaling_round(const struct scaling *s, int column, double value);
// out (columns) := the values that become row (columns) when they are scaled, as far as limits let this be known. `out`
// may be `row`.
void scaling_invert(const struct scaling *s, const float *row, float *out);
