// Runs side by side: what varies down the rows, clusters across; and how far equal trials drift apart.
#pragma once

#include "leaderboard/run_read.h"
#include <stdio.h>

// One architecture on one cluster: means over its trials (those of several seeds), NaN where there are none.
struct compare_cell {
    int n, diverged;
    double loss;           // validation loss, else training loss, of the last epoch
    double auc, low, high; // ROC AUC of the first set that has one; of one trial its interval, of several least and
                           // most
    double epoch_seconds, rate; // samples/s
    double cores;               // ranks x threads
    double efficiency; // rate a core, by that on the column with fewest cores of this row, where the row has several
    double core_hours; // of a trial: wall time, ranks x threads
    bool is_front;     // no cell is better at the same cost, none as good for less
};

struct compare_drift {  // two trials of one spec
    char *id;           // owned
    int a, b;           // columns
    bool is_same;       // the bits
    double error;       // largest difference of two errors of a sample
    double correlation; // Spearman's, of the errors of the first common set
    double auc;         // of b less that of a
};

struct comparison {
    int n_rows, n_columns, n_keys;
    char **column;               // (n_columns), owned
    char **key;                  // (n_keys), owned: what varies
    char **value;                // (n_rows, n_keys), owned
    struct compare_cell *cell;   // (n_rows, n_columns), owned
    struct compare_drift *drift; // (n_drift), owned
    int n_drift;
};

// `runs`: as given to run_read_rows, each a column; a single one (a merged file) has a column for each cluster. NULL
// and why.
struct comparison *compare_runs(const char *const *runs, int n, struct err *e);
void comparison_free(struct comparison **c);

void compare_print(const struct comparison *c, FILE *out);
void compare_print_csv(const struct comparison *c, FILE *out);  // a line for each cell that has trials
void compare_drift_csv(const struct comparison *c, FILE *out);  // a line for each pair
void compare_print_json(const struct comparison *c, FILE *out); // both
