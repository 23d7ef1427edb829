// What a sweep is to be best in: one metric of the leaderboard, as a loss that searches make small.
#pragma once

#include "leaderboard/row.h"
#include "spec/spec.h"

struct objective {
    const struct metric *metric; // NULL: what the leaderboard looks at first (row_compare)
    bool is_of_set;              // a metric of a test set, not of the trial
    bool needs_labels;
    const char *set; // whose; borrowed from the sweep; NULL: the first that has it
};

// -1 and an error where there is no such metric, or none that is better or worse.
int objective_read(const struct spec_sweep *sweep, struct objective *o, struct err *e);
// As results name it: "roc_auc", "test.roc_auc"; "": the default. New memory.
char *objective_text(const struct objective *o);
// The smaller the better; NaN where the trial diverged or has no such metric.
double objective_loss(const struct objective *o, const struct leaderboard_row *s);

// The better trial first, by what both name as their objective, else as row_compare.
int objective_compare(const struct leaderboard_row *x, const struct leaderboard_row *y);
// Best first: by the objective of all, where they have one, else by row_compare.
void rows_sort(struct leaderboard_row *rows, int n);
// How many trials have the first one's value of what the leaderboard looks at first, itself included; 0 if it diverged.
int rows_count_ties(const struct leaderboard_row *rows, int n);
