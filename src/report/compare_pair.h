// Compares two trials: is one area under the ROC curve significantly larger than the other?
#pragma once

#include "leaderboard/ensemble_scores.h"
#include "leaderboard/row.h"
#include "metrics/paired_auc.h"
#include <stdio.h>

// A trial as a user names it: RUN:ID, RUN:ensemble, or RUN for its best trial.
struct named_trial {
    const char *name;                  // borrowed
    const struct leaderboard_row *row; // borrowed from the members below
    struct leaderboard_row *rows;      // (n), owned
    int n;
    struct ensemble_row ensemble; // owned
};
// Reads the trial. Returns -1 and an error if there is none, or more than one. The caller frees *t in any case.
int named_trial_read(const char *name, struct named_trial *t, struct err *e);
void named_trial_free(struct named_trial *t);

struct pair_set {
    char *name;                 // owned
    int64_t samples, anomalies; // that both trials have scored
    int64_t unscored;           // samples without an error of one of them, which are left out
    struct auc_difference auc;
};
struct trial_pair {
    struct pair_set *set; // (n), owned
    int n;
};
// Compares two trials on each test set with labels that both have, by DeLong's test for paired samples. Returns NULL
// and an error if there is no such set, or if the trials were tested on different rows (ERR_USAGE).
struct trial_pair *trial_pair_new(const struct leaderboard_row *a, const struct leaderboard_row *b, struct err *e);
void trial_pair_free(struct trial_pair **p);
// Compares them on one set, which both have. The caller frees the name of *out, even on failure.
int pair_set_compare(const struct leaderboard_row *a, const struct leaderboard_row *b, const char *set,
    struct pair_set *out, struct err *e);

void trial_pair_print(const struct trial_pair *p, const struct named_trial *a, const struct named_trial *b, FILE *out);
void trial_pair_print_csv(
    const struct trial_pair *p, const struct named_trial *a, const struct named_trial *b, FILE *out);
void trial_pair_print_json(
    const struct trial_pair *p, const struct named_trial *a, const struct named_trial *b, FILE *out);
// If the first row of a leaderboard (n) has the largest ROC AUC, but is not significantly better than the next
// configuration, prints a line that says so.
void best_trial_print_doubt(const struct leaderboard_row *rows, int n, FILE *out);
