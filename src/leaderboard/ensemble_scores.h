// Scores the test sets of a run with an ensemble, from the stored errors of its members.
#pragma once

#include "leaderboard/ensemble.h"
#include "leaderboard/row.h"

// Writes ensemble/scores/<set>/ for every test set of which the file has the stacked errors (stacks.h): the scores, the
// columns that describe the samples, and metrics. `rows` (n) are the trials of the file in order of its leaderboard.
// The file is open for writing.
int ensemble_scores_write(
    struct store_file *f, const struct leaderboard_row *rows, int n, const struct ensemble *x, struct err *e);

// The id of an ensemble's row.
#define ENSEMBLE_ROW_ID "ensemble"
// What a run's file says about its ensemble.
struct ensemble_row {
    bool has_row;  // the file has an ensemble with scores of a test set
    bool is_model; // the file was made for it, and can score new data
    struct leaderboard_row row;
    char *why_not;  // owned: why it has none; NULL: not known
    int64_t trials; // trials of the file
    bool has_file;  // there is ensemble.h5 next to run.h5, which has no row
    bool from_file; // the row is that of ensemble.h5
    char *member;   // owned: id of the first member if the file was made for the ensemble; else NULL
};
// Reads the row of the ensemble in a run's file. On failure returns -1 and an error, and *x is all zeros.
int ensemble_row_read(const char *path, struct ensemble_row *x, struct err *e);
// Reads it, too. If run.h5 has no such row, reads that of ensemble.h5 in its folder, if it has one.
int ensemble_row_find(const char *path, struct ensemble_row *x, struct err *e);
// Returns why there is no row, and what to do, in new memory. `run` is the run as the user names it.
char *ensemble_why_not(const struct ensemble_row *x, const char *run);
void ensemble_row_free(struct ensemble_row *x);
