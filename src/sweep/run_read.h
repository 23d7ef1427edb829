// A run as it is given to a command: its folder, a run's file (run.h5, or a merged one), or a trial's.
#pragma once

#include "sweep/summary.h"

// Its leaderboard, best first, into new memory (an owned array of *n). Of a folder: what run.h5 tells of trials whose
// files have not changed since, and the trial files that are newer. `is_ours`: this program has written them a moment
// ago (store_open).
int leaderboard_read(const char *run, bool is_ours, struct trial_summary **rows, int *n, struct err *e);
void leaderboard_free(struct trial_summary **rows, int n);

// The paths of the trial files in FOLDER/trials in order of name, new memory (*n of them). NULL: there is no such
// folder.
char **run_trial_files(const char *folder, int *n, struct err *e);
// A run's file, of which the leaderboard was walked and no more.
struct store_file *run_open(const char *path, struct err *e);
// The file of a trial, which was walked where the trial is: summary->group is the place in it.
struct store_file *trial_open(const struct trial_summary *s, struct err *e);
