// A configuration is a set of trials that differ only in train.seed or data.fold. Its statistics are the mean and the
// standard deviation of every metric of the leaderboard over these trials.
#pragma once

#include "leaderboard/leaderboard.h"

struct seed_statistics {           // statistics of one configuration
    struct leaderboard_row mean;   // owned; `id` is the configuration's; metrics are means, NaN if a trial has none
    struct leaderboard_row spread; // owned; metrics are standard deviations (n - 1), or NaN for a single trial
    int trials;
};

// Returns the configurations of the rows, best first, in new memory. Sets *n to their number. Returns NULL if no two
// trials have the same configuration.
struct seed_statistics *seed_statistics_new(const struct leaderboard_row *rows, int n_rows, int *n);
void seed_statistics_free(struct seed_statistics **c, int n);
// Returns a leaderboard of n configurations. It has the settings and means of each one, the number of its trials, and
// the standard deviations in columns called METRIC_deviation.
struct leaderboard *seed_statistics_leaderboard(const struct seed_statistics *c, int n);
