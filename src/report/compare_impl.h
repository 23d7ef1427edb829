// Functions shared by the files of compare.
#pragma once

#include "leaderboard/row.h"
#include "report/compare.h"

// compare_trials.c: the trials of all runs that are not stale
struct compared_trials {
    struct leaderboard_row **rows; // (runs), owned arrays
    int *n_rows;                   // (runs)
    int runs;
    const struct leaderboard_row **trial; // (n), borrowed from `rows`
    int *run;                             // (n): the run that each trial is from
    int n;
};
// Reads all runs. Returns -1 and an error if one cannot be read (ERR_DATA, ERR_IO) or none has a finished trial
// (ERR_USAGE). The caller frees `t` in any case.
int compared_trials_read(struct compared_trials *t, const char *const *runs, int n, struct err *e);
void compared_trials_free(struct compared_trials *t);
// Orders two trials by their ids, as strcmp. 0: both are the same trial.
int compared_id_order(const struct leaderboard_row *a, const struct leaderboard_row *b);
// Sets *keys to the settings that vary between any two trials. The list and its strings are new memory. Returns how
// many settings there are.
int compared_keys(const struct compared_trials *t, bool with_seeds, char ***keys);
// Returns true for a setting that is named `seed`, such as train.seed.
bool compared_key_is_seed(const char *key);
// Returns the value of a setting in a trial; "" if the trial does not have it.
const char *compared_value(const struct leaderboard_row *trial, const char *key);

// compare_cell.c
// Adds a trial to the sums of a zeroed cell; cell_finish divides them once all trials are added.
void cell_add_trial(struct compare_cell *cell, const struct leaderboard_row *trial);
void cell_finish(struct compare_cell *cell);

// Sets `efficiency` of the finished cells row[0..columns) of one row.
void cells_set_efficiency(struct compare_cell *row, int columns);
// Marks the cells cell[0..n) that lie on the Pareto front of quality and core-hours.
void cells_mark_front(struct compare_cell *cell, int n);

// Returns true if any of cell[0..n) has a ROC AUC. If so, quality means the ROC AUC, otherwise the loss.
bool cells_have_auc(const struct compare_cell *cell, int n);
// Returns the quality of a cell: larger is better; NaN: unknown.
double cell_quality(const struct compare_cell *cell, bool by_auc);

// Measures how far two trials with the same id differ and fills *d except for its id and columns. Reads both files;
// returns -1 and an error if one is damaged.
int drift_measure(
    const struct leaderboard_row *a, const struct leaderboard_row *b, struct compare_drift *d, struct err *e);
