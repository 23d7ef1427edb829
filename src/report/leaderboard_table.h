// The leaderboard of a run as tables: its trials, its configurations, and the spread of their ROC AUC.
#pragma once

#include "leaderboard/row.h"
#include "report/table.h"
#include <stdio.h>

// leaderboard_table and seed_statistics_table return new tables, to be freed with table_free. `rows` is sorted, best
// first. `count` limits the rows of the table (0: all).
//
// Returns the table of trials: position, trial, settings that vary, losses, metrics, costs. Its first line is that of
// the ensemble, if it is not NULL.
struct table *leaderboard_table(
    const struct leaderboard_row *rows, int n, int count, const struct leaderboard_row *ensemble);
// Returns the table of configurations, best first: the mean and the standard deviation of each metric over the trials
// of a configuration, which differ only in train.seed or data.fold. Returns NULL if no configuration has two trials.
struct table *seed_statistics_table(const struct leaderboard_row *rows, int n, int count);
// Prints the mean and spread of the ROC AUC over all trials: one line for each test set on which at least two trials
// have a ROC AUC. Stale trials do not count.
void leaderboard_print_spread(const struct leaderboard_row *rows, int n, FILE *out);
