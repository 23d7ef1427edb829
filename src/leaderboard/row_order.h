// The order of rows in a leaderboard without an objective.
#pragma once

#include "leaderboard/row.h"

// Compares rows for qsort; the best one comes first. Compares the ROC AUC of the first set that has one, then the
// validation loss, then the training loss, then the ids. Diverged trials come after all others, and stale trials come
// last.
int row_compare(const void *a, const void *b);
// Compares rows in the same way, but without the ROC AUC, which needs labels.
int row_compare_losses(const struct leaderboard_row *x, const struct leaderboard_row *y);
// Returns the negative ROC AUC; if the trial has none, the validation loss; or else the training loss. Returns NaN if
// the trial diverged.
double row_loss(const struct leaderboard_row *s);
