// run.h5: all trials of a run in one portable file, and its leaderboard with a column for each figure.
#pragma once

#include "sweep/summary.h"

// The leaderboard of the trial files in FOLDER/trials, best first, into new memory (an owned array of *n).
// `is_ours`: this program has written them a moment ago (store_open).
int leaderboard_read(const char *folder, bool is_ours, struct trial_summary **rows, int *n, struct err *e);
void leaderboard_free(struct trial_summary **rows, int n);

// Writes FOLDER/run.h5 from the trial files, whole or not at all.
int run_file_write(const char *folder, const struct trial_summary *rows, int n, struct err *e);
