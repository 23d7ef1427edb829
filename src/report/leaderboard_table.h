// The leaderboard of a run as a text table.
#pragma once

#include "leaderboard/run_read.h"
#include "report/table.h"
#include <stdio.h>

// The first `count` rows (0: all) of the sorted leaderboard: rank, trial, what varies, losses, metrics, seconds.
struct table *leaderboard_table(const struct leaderboard_row *rows, int n, int count);
// Configurations (trials that differ only in train.seed), with the mean of their trials and its standard deviation,
// best first; NULL: none has two trials.
struct table *seed_statistics_table(const struct leaderboard_row *rows, int n, int count);
// A line for each test set that two trials or more have a ROC AUC of: its mean and spread over all of them.
void leaderboard_print_spread(const struct leaderboard_row *rows, int n, FILE *out);
