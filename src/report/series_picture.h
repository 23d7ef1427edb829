// Draws a picture of the errors of a test set's time steps: error over time, the threshold and the true anomalies.
#pragma once

#include "leaderboard/row.h"
#include <stdbool.h>

// Draws the test set `set` (NULL: the first) of a trial into a PNG at `path`. If the samples are not windows, draws
// nothing and sets *is_drawn to false. Returns -1 and an error if the trial cannot be read or the picture cannot be
// written.
int series_picture(
    const struct leaderboard_row *trial, const char *set, const char *path, bool *is_drawn, struct err *e);
