// The labels of windows of new data.
#pragma once

#include "data/row_reader.h"

// Which time steps and windows are anomalies. Both are NULL if it is not known.
struct window_marks {
    const int8_t *of_steps; // of every time step of the reader
    int8_t *of_windows;     // (n)
};

// label (n) and marks->of_windows (n) := those of the windows [first, first + n), by the rule of the reader's windows.
// Returns -1 and an error if the labels cannot be read.
int window_labels(
    struct row_reader *r, int64_t first, int64_t n, const struct window_marks *marks, int64_t *label, struct err *e);
