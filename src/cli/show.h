// What the end of `run` and `top` have in common: leaderboard, samples, picture, paths.
#pragma once

#include "cli/top_rule.h"
#include "leaderboard/run_read.h"

struct show_options {
    int rows;    // of the leaderboard; 0: all
    int samples; // at each end
    bool by_class;
    const char *trial;                   // the beginning of its id; NULL: the best
    const char *set;                     // the test set whose samples are shown; NULL: the first
    int64_t list;                        // samples above the threshold of a test set without labels; 0: all
    const struct top_rule_options *rule; // NULL: the stored thresholds
};
// Prints to stdout, and writes gallery-ID.png into the folder of the run. Data that is gone or has changed is reported;
// it is an error only if the user asks for a trial, a set or classes.
int show_run(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o, struct err *e);
