// Functions shared by the files of compare.
#pragma once

#include "leaderboard/row.h"
#include "report/compare.h"

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
