// What a sweep is to be best in: one metric of the leaderboard, as a loss that searches make small.
#pragma once

#include "leaderboard/row.h"
#include "spec/spec.h"

struct objective {
    const struct metric *metric; // NULL: what the leaderboard looks at first (row_compare)
    bool is_of_set;              // a metric of a test set, not of the trial
    bool needs_labels;
    const char *set; // the test set, borrowed from the sweep; NULL: the first that has the metric
};

// Reads the objective of a sweep. Returns -1 and an error that names the allowed metrics if there is no such metric, or
// none that is better or worse.
int objective_read(const struct spec_sweep *sweep, struct objective *o, struct err *e);
// Reads an objective that is the name of a metric, given by `option`. Returns -1 and ERR_USAGE if there is no such
// metric, or none that is better or worse.
int objective_named(const char *name, const char *option, struct objective *o, struct err *e);
// Returns the objective as results name it, in new memory: "roc_auc", "test.roc_auc", "" for the default.
char *objective_text(const struct objective *o);
// Returns what the search minimizes. NaN if the trial diverged or has no such metric.
double objective_loss(const struct objective *o, const struct leaderboard_row *s);

// Compares two rows, the better one first, by the objective that both name, else by row_compare.
int objective_compare(const struct leaderboard_row *x, const struct leaderboard_row *y);
// Sorts rows, best first: by their objective if all have the same one, else by row_compare.
void rows_sort(struct leaderboard_row *rows, int n);
// Counts the trials of a sorted leaderboard that share the first place, itself included. 0 if the first one diverged.
int rows_count_ties(const struct leaderboard_row *rows, int n);
