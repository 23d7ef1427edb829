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
    // Statistics of groups of rows; those above then are for rows of other groups, and for rows without a group.
    int n_groups;
    char **group_name;                  // (n_groups), owned
    double *group_shift, *group_factor; // (n_groups, columns), owned
    int ignores_missing;                // 1: missing values stay NaN, without fill
    int bytes_only;                     // 1: made for bytes (scale: unit); other types are refused
};

void scaling_copy(struct scaling *to, const struct scaling *from);
void scaling_free(struct scaling *s);

// Returns true if values need only a shift and a factor. They can then stay as they are stored until a batch is
// gathered.
bool scaling_is_affine(const struct scaling *s);
// The logarithm of scalings, and its inverse.
double scaling_log(double x);
double scaling_exp(double x);

// Returns the number in the scaling of each of n groups of other data, -1 if it has no such group, as new memory; NULL
// if it does not scale by group.
int *scaling_match_groups(const struct scaling *s, char *const *name, int n);

// out (columns) := row (columns), a row of a group (-1: of none), filled and scaled. as_float: for values that float
// holds exactly, computes in float as dataset_gather does, so that rows have the same bits whether they are converted
// before or during the gathering of a batch. Otherwise computes in double and rounds at the end.
void scaling_apply(const struct scaling *s, int group, bool as_float, const double *row, float *out);
// Returns the value of a column that a scaled value stands for, in a row of no group.
double scaling_undo(const struct scaling *s, int column, double scaled);
// Rounds a value in original units to the digits that its scaled value, a float, can tell: 0 instead of 4.5e-05.
double scaling_round(const struct scaling *s, int column, double value);
// out (columns) := the values of a row of no group that become row (columns) when they are scaled, as far as limits let
// this be known. `out` may be `row`.
void scaling_invert(const struct scaling *s, const float *row, float *out);
