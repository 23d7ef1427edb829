// Durations as people write them, in options and in experiments.
#pragma once

#define DURATION_ALLOWED "a time such as 90s, 1.5min, 2h or 1d"

// Reads a duration such as "90s", "1.5min", "2 h" or "1d" as seconds, 0 or more. Returns -1 if `text` is not a
// duration.
int duration_to_seconds(const char *text, double *seconds);
