// The features of one row, by their share of the row's error.
#pragma once

#include "apply/explain.h"

struct explain_line {
    const char *name;      // borrowed; name of a feature, or of a column that has several features
    double share;          // share of the squared error, weighted as in scores; NaN: the row has no error
    int value;             // index of the line's value with the largest squared error
    int step;              // time step of that value if samples are windows, else 0
    double seen, expected; // the value in original units; NaN: missing
    const char *seen_category, *expected_category; // borrowed; NULL: the value is a number
    double percentile; // percent of the training errors of the feature or column that are smaller; NaN: unknown
};

// Returns the *n lines of a row in new memory, the largest share first.
struct explain_line *explain_lines_of(
    const struct trained_model *t, const struct explained_rows *rows, const struct explained_row *row, int *n);
// Returns the share of each time step of a window in new memory, and sets *n to the number of steps. Returns NULL and 0
// if samples are not windows.
double *explain_step_shares(
    const struct trained_model *t, const struct explained_rows *rows, const struct explained_row *row, int *n);
