// Writes the time steps of a test set of windows into a trial's file.
#pragma once

#include "score/score.h"

struct store_file;

// Writes the arrays of scores/<set>/steps/, and an attribute that says how their errors follow from those of the
// windows.
int trial_write_steps(
    struct store_file *f, const char *group, const struct score_config *c, const struct scores *s, struct err *e);

// Writes the metrics of a series as attributes of the group. Without a threshold, the metrics of ranges are NaN.
int trial_write_series(struct store_file *f, const char *group, const struct series_evaluation *v, struct err *e);

// Returns the names of the dimensions of a sample. These are `feature` for a row of a table; `height`, `width` and,
// with rank 3, `channel` for an image; `time_step` and `feature` for a window.
const char *const *sample_scales(int rank, bool is_window);
