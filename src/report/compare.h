// Compares runs side by side: one row for each combination of varied settings, one column for each run or cluster.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdio.h>

// The trials of one row in one column, which differ only in their seeds. The members are means over the trials that did
// not diverge. A member is NaN if it is unknown or there is no such trial.
struct compare_cell {
    int n, diverged;  // number of trials in the means; number of trials that diverged
    double loss;      // of the last epoch: validation loss, or training loss without validation data
    double auc;       // ROC AUC of the first test set that has one
    double low, high; // of one trial: 95 % confidence interval of its ROC AUC; of several: smallest and largest ROC AUC
    double epoch_seconds, rate; // seconds per epoch; samples/s
    double cores;               // ranks x threads
    double efficiency; // rate per core, relative to this row's cell with the fewest cores; NaN: there is only one cell
    double core_hours; // per trial: wall time x ranks x threads
    bool is_front;     // on the Pareto front: no cell is better without costing more, or cheaper without being worse
};

// Two trials with the same id in two columns, and how far their results differ.
struct compare_drift {
    char *id;     // owned
    int a, b;     // columns of the two trials
    bool is_same; // results are bit-for-bit identical
    double error; // largest difference between the two reconstruction errors of a sample, over all common test sets
    double correlation; // Spearman's rank correlation of the errors of the first common test set
    double auc;         // ROC AUC of b minus that of a, for the first common test set
};

struct comparison {
    int n_rows, n_columns, n_keys;
    char **column;               // (n_columns), owned
    char **key;                  // (n_keys), owned: settings that vary
    char **value;                // (n_rows, n_keys), owned
    struct compare_cell *cell;   // (n_rows, n_columns), owned
    struct compare_drift *drift; // (n_drift), owned
    int n_drift;
};

// Compares runs[0..n), each a path that run_read_rows accepts. Every run is a column; a single run (a merged file) has
// one column for each cluster. Stale trials are left out. Returns a new comparison, to be freed with comparison_free,
// or NULL and an error if a run cannot be read (ERR_DATA, ERR_IO) or no run has a finished trial (ERR_USAGE).
struct comparison *compare_runs(const char *const *runs, int n, struct err *e);
void comparison_free(struct comparison **c);

// Prints one table for each metric that has values, then the drift.
void compare_print(const struct comparison *c, FILE *out);
// These print every digit. compare_print_csv prints one line for each cell that has trials, compare_drift_csv one line
// for each pair of the drift, and compare_print_json both cells and drift.
void compare_print_csv(const struct comparison *c, FILE *out);
void compare_drift_csv(const struct comparison *c, FILE *out);
void compare_print_json(const struct comparison *c, FILE *out);
