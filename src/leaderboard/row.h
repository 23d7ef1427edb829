// One row of the leaderboard: what a finished trial's file says about the trial, and the metrics of its test sets.
#pragma once

#include "store/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The metrics of one test set.
struct set_results {
    char *name;      // owned
    bool has_labels; // false: all metrics except mean_error and threshold are NaN
    double mean_error, threshold, roc_auc, roc_auc_low, roc_auc_high, average_precision, best_f1, accuracy, precision,
        recall, f1, pca_roc_auc;
    double added_roc_auc, added_roc_auc_low, added_roc_auc_high; // NaN: not compared with simple detectors
    double step_roc_auc, step_average_precision, step_f1, step_vus_pr, step_range_f1,
        step_pca_roc_auc; // metrics of time steps; NaN: samples are not windows
};

struct leaderboard_row {
    char *path, *group; // owned: the file, and the trial's group in it: "", or "trials/KEY" in a run's file
    char *id, *experiment, *cluster; // owned; in a run's file, `id` is the trial's key
    char *configuration, *objective; // owned; "": none
    char *protocol;                  // owned: data.split.protocol; "" or NULL: none
    char *data;  // owned: versions of its data (versions.h); NULL: unknown, as in a row read from a leaderboard
    char *stale; // owned: sources that have changed since the training; NULL or "": none
    bool has_diverged;
    int64_t number, epochs, parameters;
    int64_t ranks, threads; // `ranks` that trained it, and `threads` per rank
    int n_varied;
    char **key, **value;                // (n_varied), owned; numbers are written by number_text
    double train_loss, validation_loss; // in the last epoch; NaN: no such loss
    double seconds, wall_seconds;       // wall time of the training, and of the trial
    double samples_per_second;
    double consensus, stability; // consensus.h; NaN: not computed
    struct set_results *set;     // (n_sets), owned
    int n_sets;
};

// A metric is one double of a row, or of one of its test sets. Files and the printed table take their columns from the
// tables of metrics. To add a column, add a member to a struct and a row to a table.
struct metric {
    const char *name, *long_name, *units; // as stored in files
    size_t offset;                        // offset of the double in its struct
    int better;                           // 1: larger is better; -1: smaller is better; 0: neither
    // Where the trial's file holds the metric: `group` is the name of the group, and `source` the name of the attribute
    // in it, or of the array if the group is history/. If `source` is NULL, that name is `name`. In set_metrics,
    // `group` is below the group of the test set, or is NULL for that group itself.
    // In trial_metrics, `group` is NULL for a metric that depends on the other trials of the run, and no file of a
    // trial holds it.
    const char *group, *source;

    const char *header; // header in the printed table; NULL: not printed
    const char *format; // printf format in the printed table
    enum metric_shown { SHOWN_ALWAYS, SHOWN_WITH_LABELS, SHOWN_WITH_VALUES } shown;
    bool has_interval; // the next two rows of the table are the ends of its 95 % confidence interval
};
extern const struct metric set_metrics[];   // metrics in struct set_results; the last one has no name
extern const struct metric trial_metrics[]; // metrics in struct leaderboard_row; the last one has no name
// Returns true if a metric in set_metrics needs labels.
bool metric_needs_labels(const struct metric *m);
double metric_value(const struct metric *m, const void *results);
void metric_set(const struct metric *m, void *results, double value);

// A string or a count of a row, and the column of the leaderboard that holds it.
struct row_column {
    const char *name, *long_name;
    size_t offset; // offset of the char * or the int64_t in struct leaderboard_row
};
extern const struct row_column row_texts[], row_counts[]; // the last ones have no name
const char *row_get_text(const struct row_column *c, const struct leaderboard_row *row);
void row_set_text(const struct row_column *c, struct leaderboard_row *row, char *text); // owns `text` from then on
int64_t row_get_count(const struct row_column *c, const struct leaderboard_row *row);
void row_set_count(const struct row_column *c, struct leaderboard_row *row, int64_t count);

// Reads the row of a trial's file. `check` says what the caller knows about the file (store_open). Returns -1 and an
// error if the file cannot be read, is damaged, or is not a complete trial file. The row is then all zeros.
int row_read(const char *path, enum store_check check, struct leaderboard_row *s, struct err *e);
// Reads the row of a trial in an open file. `group` is "" in a trial's file, and "trials/KEY" in a run's file; or
// "ensemble" for the row of its ensemble, which is no trial: it has an id, an experiment and test sets, and nothing
// else.
int row_read_group(struct store_file *f, const char *group, struct leaderboard_row *s, struct err *e);
// Returns the versions of the data of a trial in an open file (versions.h), in new memory; "" if it has none.
char *row_read_versions(struct store_file *f, const char *group);
// Frees what the row owns and zeroes it.
void row_free(struct leaderboard_row *s);

// Return the results of a test set, or the value of a key that the sweep varies. Return NULL if the row has none.
const struct set_results *row_find_set(const struct leaderboard_row *s, const char *set);
const char *row_find_value(const struct leaderboard_row *s, const char *key);
// Returns true if the row is that of an ensemble (leaderboard/ensemble.h).
bool row_is_ensemble(const struct leaderboard_row *s);
// Returns true if the trial's data has changed since it was trained. Such a trial is never the best one.
bool row_is_stale(const struct leaderboard_row *s);

// Writes a line such as "trial 3f2a9c01  code=32  validation_loss 0.0921  roc_auc 0.9312  3.1 s" to `out`.
void row_line(const struct leaderboard_row *s, double seconds, char *out, size_t room);
// Writes a number in the form that users write: "0.1", "1e-3", "64". Returns `out`.
char *number_text(char out[32], double value);
