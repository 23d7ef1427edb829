// The errors of the time steps of a test set as a picture: error over time, the threshold and the true anomalies.
#pragma once

#include "leaderboard/row.h"
#include <stdbool.h>

// Draws the test set `set` (NULL: the first) of a trial into a PNG at `path`. *is_drawn is false if its samples are no
// windows; then there is no picture. Returns -1 and an error if the trial cannot be read or the picture not be written.
int series_picture(
    const struct leaderboard_row *trial, const char *set, const char *path, bool *is_drawn, struct err *e);
