// Fills missing values and scales columns. A scaling consists of plain numbers, which can be stored with a model and
// applied to other data later. Steps: value -> fill if missing -> logarithm -> (value - shift) * factor -> limits. At
// the end, pictures can be smoothed and divided by their own level.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct scaling {
    int columns;
    double *shift, *factor; // (columns), owned; both NULL: no shift and factor
    double *fill;           // (columns), owned: replaces missing values; NULL: no replacement
    int64_t *takes_log;     // (columns), owned: 1: x is replaced by sign(x) log(1 + |x|); NULL: no logarithms
    double *low, *high;     // (columns), owned: limits of the scaled values; both NULL: no limits
    // Shifts and factors of groups of rows. If there are any, `shift` and `factor` apply to rows of unknown groups and
    // to rows without a group.
    int n_groups;
    char **group_name;                  // (n_groups), owned
    double *group_shift, *group_factor; // (n_groups, columns), owned
    int ignores_missing;                // 1: missing values stay NaN and are not filled
    int bytes_only;                     // 1: made for bytes (scale: unit), refuses other types
    // Steps that see a whole picture (data/picture_scaling.h). scaling_undo and scaling_invert do not undo them.
    double smooth;               // deviation of the filter in pixels; 0: no filter
    int normalizes;              // 1: each picture is divided by the root mean square of its values
    int height, width, channels; // of a picture; set if it is smoothed or normalized
};

void scaling_copy(struct scaling *to, const struct scaling *from);
void scaling_free(struct scaling *s);

// Returns true if scaling is only a shift and a factor. Then values can stay as they are stored until a batch is
// gathered.
bool scaling_is_affine(const struct scaling *s);
// The logarithm that scalings use, and its inverse.
double scaling_log(double x);
double scaling_exp(double x);

// Finds the groups of other data in the scaling. Returns the number of each of the n groups, or -1 for a group that the
// scaling does not have, in new memory. Returns NULL if the scaling does not scale by group.
int *scaling_match_groups(const struct scaling *s, char *const *name, int n);

// Fills and scales a row of a group (-1: without a group): row (columns) to out (columns). `as_float` is for values
// that a float represents exactly. With it and an affine scaling, the function computes in float like dataset_gather,
// so that the bits of a row do not depend on whether it is converted before a batch is gathered or during that.
// Otherwise it computes in double and rounds at the end.
void scaling_apply(const struct scaling *s, int group, bool as_float, const double *row, float *out);
// Returns true if scaled rows do not hold what the rows had: they are smoothed, normalized or limited.
bool scaling_loses_values(const struct scaling *s);
// Returns the number by which scaling_apply divides a row (columns) of a group at the end; 1: none.
double scaling_level(const struct scaling *s, int group, const float *row);
// Returns the original value of a scaled value of a column, for a row of a group (-1: without a group).
double scaling_undo(const struct scaling *s, int group, int column, double scaled);
// Rounds a value in original units to the digits that are certain: 0 instead of 4.5e-05. The others are noise, because
// its scaled value was a float. Does not round values of columns that are scaled by their logarithm.
double scaling_round(const struct scaling *s, int group, int column, double value);
// Converts scaled values of a row of a group, row (columns), back to original ones, out (columns). Values at a limit
// cannot be recovered. `out` may be `row`.
void scaling_invert(const struct scaling *s, int group, const float *row, float *out);
