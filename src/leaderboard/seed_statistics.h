// A configuration is a set of trials that differ only in train.seed. Its statistics are the mean and the spread of
// every metric of the leaderboard over these trials.
#pragma once

#include "leaderboard/leaderboard.h"

struct seed_statistics {           // of one configuration
    struct leaderboard_row mean;   // owned; id: the configuration's; metrics are means, NaN where a trial has none
    struct leaderboard_row spread; // owned; metrics are standard deviations (n - 1); NaN of one trial
    int trials;
};

// The configurations of the rows, best first, in new memory (an owned array of *n). NULL if no two trials share one.
struct seed_statistics *seed_statistics_new(const struct leaderboard_row *rows, int n_rows, int *n);
void seed_statistics_free(struct seed_statistics **c, int n);
// Makes columns of n of them: means, and standard deviations as METRIC_deviation.
struct leaderboard *seed_statistics_leaderboard(const struct seed_statistics *c, int n);
