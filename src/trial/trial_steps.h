// The time steps of a test set of windows in a trial's file.
#pragma once

#include "score/score.h"

struct store_file;

// Writes the arrays of scores/<set>/steps/ and the attribute that says how they follow from the windows.
int trial_write_steps(
    struct store_file *f, const char *group, const struct score_config *c, const struct scores *s, struct err *e);

// Writes the metrics of a series as attributes of the group. Those of ranges need a threshold.
int trial_write_series(struct store_file *f, const char *group, const struct series_evaluation *v, struct err *e);

// Returns the names of the dimensions of a sample: feature; height, width; height, width, channel; of a window:
// time_step, feature.
const char *const *sample_scales(int rank, bool is_window);
