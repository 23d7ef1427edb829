// One row of the leaderboard: what one finished trial says of itself, and the metrics of its test sets.
#pragma once

#include "store/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The metrics of one test set.
struct set_results {
    char *name;      // owned
    bool has_labels; // without, all metrics except mean_error and threshold are NaN
    double mean_error, threshold, roc_auc, roc_auc_low, roc_auc_high, average_precision, best_f1, accuracy, precision,
        recall, f1, pca_roc_auc;
    double added_roc_auc, added_roc_auc_low, added_roc_auc_high; // NaN: not compared with baselines
    double step_roc_auc, step_average_precision, step_f1, step_vus_pr, step_range_f1,
        step_pca_roc_auc; // of time steps; NaN: no windows
};

struct leaderboard_row {
    char *path, *group; // owned: the file, and the group of the trial in it: "", or "trials/KEY" in a run's file
    char *id, *experiment, *cluster; // owned; id: in a run's file, its key
    char *configuration, *objective; // owned; "": none
    char *data;  // owned: versions of its data (versions.h); NULL: unknown, for a row read from a leaderboard
    char *stale; // owned: sources that have changed since; NULL or "": none
    bool has_diverged;
    int64_t number, epochs, parameters;
    int64_t ranks, threads; // that trained it; threads per rank
    int n_varied;
    char **key, **value;                // (n_varied), owned; numbers are written by number_text
    double train_loss, validation_loss; // of the last epoch; NaN: none
    double seconds, wall_seconds;       // of training; of the trial
    double samples_per_second;
    struct set_results *set; // (n_sets), owned
    int n_sets;
};

// A metric: one double of a row or of one of its test sets. Files and the printed table take their columns from these
// tables, so that a new column is one member of a struct and one row here.
struct metric {
    const char *name, *long_name, *units; // in files
    size_t offset;                        // of the double in its struct
    int better;                           // 1: the larger the better; -1: the smaller; 0: neither
    const char *group, *source; // where the trial's file has it: its group, of set_metrics below that of the set (NULL:
                                // the set's own), and its name there (NULL: `name`)

    const char *header; // in the printed table; NULL: not printed
    const char *format; // of the printed number
    enum metric_shown { SHOWN_ALWAYS, SHOWN_WITH_LABELS, SHOWN_WITH_VALUES } shown;
    bool has_interval; // the next two metrics are the ends of its 95 % confidence interval
};
extern const struct metric set_metrics[];   // of struct set_results; the last row has no name
extern const struct metric trial_metrics[]; // of struct leaderboard_row; likewise
double metric_value(const struct metric *m, const void *results);
void metric_set(const struct metric *m, void *results, double value);

// A text or a count of a row, and the column of the leaderboard that holds it.
struct row_column {
    const char *name, *long_name;
    size_t offset; // of the char * or the int64_t in struct leaderboard_row
};
extern const struct row_column row_texts[], row_counts[]; // the last row has no name
const char *row_get_text(const struct row_column *c, const struct leaderboard_row *row);
void row_set_text(const struct row_column *c, struct leaderboard_row *row, char *text); // takes `text`
int64_t row_get_count(const struct row_column *c, const struct leaderboard_row *row);
void row_set_count(const struct row_column *c, struct leaderboard_row *row, int64_t count);

// Reads the row of a trial's file. `check` says what is known of the file (store_open). Returns -1 and an error if
// the file cannot be read, is damaged, or is not a complete trial file. The row is then all zeros and owns nothing.
int row_read(const char *path, enum store_check check, struct leaderboard_row *s, struct err *e);
// The same for a trial in an open file: `group` is "" in a trial's file, "trials/KEY" in a run's.
int row_read_group(struct store_file *f, const char *group, struct leaderboard_row *s, struct err *e);
// Frees what the row owns and zeroes it.
void row_free(struct leaderboard_row *s);

// Return what the row has of a test set, or of a key that the sweep varies. NULL if it has none.
const struct set_results *row_find_set(const struct leaderboard_row *s, const char *set);
const char *row_find_value(const struct leaderboard_row *s, const char *key);
// Returns true if the trial used data that has changed since. Such a trial is never the best one.
bool row_is_stale(const struct leaderboard_row *s);

// Writes "trial 3f2a9c01  code=32  validation_loss 0.0921  roc_auc 0.9312  3.1 s" into out.
void row_line(const struct leaderboard_row *s, double seconds, char *out, size_t room);
// Writes a number as users do: "0.1", "1e-3", "64". Returns out.
char *number_text(char out[32], double value);

// Compares rows for qsort, best first: by ROC AUC of the first set that has one, then by validation loss, then by
// training loss. Diverged trials come behind those, stale ones last.
int row_compare(const void *a, const void *b);
// Returns what row_compare looks at first in this trial, as a loss: the smaller the better. NaN if it diverged.
double row_loss(const struct leaderboard_row *s);
