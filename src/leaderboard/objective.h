// The objective of a sweep: one metric of the leaderboard. Searches minimize it as a loss.
#pragma once

#include "leaderboard/row.h"
#include "spec/spec.h"

struct objective {
    const struct metric *metric; // NULL: the default, the value of row_loss
    bool is_of_set;              // a metric of a test set; false: of the trial
    bool needs_labels;
    bool is_of_run;  // depends on the other trials of the run (consensus.h), and is not known before they are finished
    const char *set; // the test set, borrowed from the sweep; NULL: the first one that has the metric
};

// Reads the objective of a sweep. Returns -1 and an error if there is no such metric, if it can be neither better nor
// worse, or if the sweep names a test set for a metric that is not of a test set.
int objective_read(const struct spec_sweep *sweep, struct objective *o, struct err *e);
// Reads an objective from the name of a metric, the value of `option`. Returns -1 and ERR_USAGE if there is no such
// metric, or if it can be neither better nor worse.
int objective_named(const char *name, const char *option, struct objective *o, struct err *e);
// Returns the name of the objective as results store it, in new memory: "roc_auc", "test.roc_auc", or "" for the
// default.
char *objective_text(const struct objective *o);
// Returns the loss that the search minimizes. Returns NaN if the trial diverged or does not have the metric.
double objective_loss(const struct objective *o, const struct leaderboard_row *s);

// Compares two rows; the better one comes first. Uses the rows' objective if both have the same one: stale rows come
// last, and row_compare orders equal rows, or row_compare_losses if the objective exists to choose without labels.
// Otherwise uses only row_compare.
int objective_compare(const struct leaderboard_row *x, const struct leaderboard_row *y);
// Sorts rows, best first. Uses their objective if all rows have the same one, otherwise row_compare.
void rows_sort(struct leaderboard_row *rows, int n);
// Returns the loss by which the first of several rows is the best, such as "validation loss", if no labels say so too.
// Returns NULL if labels or the agreement of trials decide, or if there are not two trials to choose from.
const char *rows_chosen_by_loss(const struct leaderboard_row *rows, int n);
// Returns how many trials of a sorted leaderboard share the first place, including the first one. Returns 0 if the
// first one is stale, diverged or has no value of the objective.
int rows_count_ties(const struct leaderboard_row *rows, int n);
