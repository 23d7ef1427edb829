// What a sweep is to be best in: one figure of the leaderboard, as a loss that searches make small.
#pragma once

#include "leaderboard/row.h"
#include "spec/spec.h"

struct objective {
    const struct figure *figure; // NULL: what the leaderboard looks at first (summary_compare)
    bool is_of_set;              // a figure of a test set, not of the trial
    bool needs_labels;
    const char *set; // whose; borrowed from the sweep; NULL: the first that has it
};

// -1 and an error where there is no such figure, or none that is better or worse.
int objective_read(const struct spec_sweep *sweep, struct objective *o, struct err *e);
// As results name it: "roc_auc", "test.roc_auc"; "": the default. New memory.
char *objective_text(const struct objective *o);
// The smaller the better; NaN where the trial diverged or has no such figure.
double objective_loss(const struct objective *o, const struct trial_summary *s);

// The better trial first, by what both name as their objective, else as summary_compare.
int objective_compare(const struct trial_summary *x, const struct trial_summary *y);
// Best first: by the objective of all, where they have one, else by summary_compare.
void leaderboard_sort(struct trial_summary *rows, int n);
// How many trials have the first one's value of what the leaderboard looks at first, itself included; 0 if it diverged.
int leaderboard_ties(const struct trial_summary *rows, int n);
