// Configurations: trials that differ in train.seed alone, by their mean and spread.
#pragma once

#include "leaderboard/leaderboard.h"

struct configuration {
    struct trial_summary mean;   // owned; id: the configuration's; figures are means, NaN where a trial has none
    struct trial_summary spread; // owned; figures are standard deviations (n - 1); NaN of one trial
    int trials;
};

// Those of the rows, best first, into new memory (an owned array of *n). NULL: no two trials are of one.
struct configuration *configurations_new(const struct trial_summary *rows, int n_rows, int *n);
void configurations_free(struct configuration **c, int n);
// As columns: means, and deviations as FIGURE_deviation.
struct board *configurations_board(const struct configuration *c, int n);
