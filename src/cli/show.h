// What the end of `run` and `top` have in common: leaderboard, samples, picture, paths.
#pragma once

#include "sweep/run_file.h"

struct show_options {
    int rows;    // of the leaderboard; 0: all
    int samples; // at each end
    bool by_class;
    const char *trial; // the beginning of its id; NULL: the best
    const char *set;   // the test set whose samples are shown; NULL: the first
};
// Prints to stdout; writes FOLDER/gallery-ID.png.
int show_run(const char *folder, const struct trial_summary *rows, int n, const struct show_options *o, struct err *e);
