// One row's features by share of its error.
#pragma once

#include "apply/explain.h"

struct explain_line {
    const char *name;      // borrowed; of a feature, or of a column of several
    double share;          // of the squared error, weighted as in scores; NaN: the row has no error
    int value;             // the value of the sample with the largest squared error
    int step;              // of a window: its time step; else 0
    double seen, expected; // in original units; NaN: missing
    const char *seen_category, *expected_category; // borrowed; NULL: it is a number
    double percentile; // of the error among the training errors of that feature or column; NaN: unknown
};

// Returns the lines of a row, the largest share first, as new memory; *n of them.
struct explain_line *explain_lines_of(
    const struct trained_model *t, const struct blame *b, const struct explained_row *row, int *n);
// Returns the share of each time step of a window (steps) as new memory. *n: how many; NULL and 0 if samples are none.
double *explain_step_shares(
    const struct trained_model *t, const struct blame *b, const struct explained_row *row, int *n);
