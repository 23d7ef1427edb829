// The row of the leaderboard that a trial's file gives.
#pragma once

#include "store/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct set_summary {
    char *name;      // owned: of the test set
    bool has_labels; // all below but mean_error and threshold is NaN without
    double mean_error, threshold, roc_auc, roc_auc_low, roc_auc_high, average_precision, best_f1, accuracy, precision,
        recall, f1, pca_roc_auc;
};

struct trial_summary {
    char *path, *group;              // owned: the file, and where in it the trial is: "", or "trials/KEY" of a run's
    char *id, *experiment, *cluster; // owned; id: its key in a run's file
    char *configuration, *objective; // owned; "": none
    char *data;                      // owned: versions of its data (versions.h); NULL: read from a leaderboard
    char *stale;                     // owned: sources that have changed since; NULL or "": none
    bool has_diverged;
    int64_t number, epochs, parameters;
    int64_t ranks, threads; // that trained it; threads of each rank
    int n_varied;
    char **key, **value;                // (n_varied), owned; numbers as number_text writes them
    double train_loss, validation_loss; // of the last epoch; NaN: none
    double seconds, wall_seconds;       // of training; of the trial
    double samples_per_second;
    struct set_summary *set; // (n_sets), owned
    int n_sets;
};

// A figure (a double) of a summary: its name in files, what it is, where it stands.
struct figure {
    const char *name, *long_name, *units;
    size_t offset;
    int better; // 1: the larger the better; -1: the smaller; 0: neither
};
extern const struct figure set_figures[];   // of struct set_summary; ends with a row whose name is NULL
extern const struct figure trial_figures[]; // of struct trial_summary; likewise
double figure_of(const struct figure *f, const void *summary);

// `is_ours`: this process has written it, or it was walked (store_open).
int summary_read(const char *path, bool is_ours, struct trial_summary *s, struct err *e);
// Of a trial in an open file: `group` "" of a trial's, "trials/KEY" of a run's.
int summary_take(struct store_file *f, const char *group, struct trial_summary *s, struct err *e);
void summary_free(struct trial_summary *s);
// Whether the trial is of data that has changed since, so that it is never the best one.
bool summary_is_stale(const struct trial_summary *s);
// "trial 3f2a9c01  code=32  validation_loss 0.0921  roc_auc 0.9312  3.1 s" into out.
void summary_line(const struct trial_summary *s, double seconds, char *out, size_t room);
// A number as users write it: "0.1", "1e-3", "64". Returns out.
char *number_text(char out[32], double value);
// The best trial first: by ROC AUC of the first set that has one, then by validation loss, then training loss; diverged
// last.
int summary_compare(const void *a, const void *b);
// What it looks at first in this trial, as a loss: the smaller the better. NaN: diverged.
double summary_loss(const struct trial_summary *s);
