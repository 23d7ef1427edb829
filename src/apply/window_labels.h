// Finds the labels of windows of new data.
#pragma once

#include "data/row_reader.h"

// Marks of the time steps and windows that are anomalies. Both are NULL if the anomalies are unknown.
struct window_marks {
    const int8_t *of_steps; // marks of every time step of the reader
    int8_t *of_windows;     // (n): marks of windows
};

// Sets label (n) and marks->of_windows (n) for the windows [first, first + n), by the rule of the reader's windows.
// Returns -1 and an error if the labels cannot be read.
int window_labels(
    struct row_reader *r, int64_t first, int64_t n, const struct window_marks *marks, int64_t *label, struct err *e);
