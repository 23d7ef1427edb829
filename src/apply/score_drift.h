// Compares new data, while it is scored, with the data on which a model was trained: the errors, and the values of each
// feature.
#pragma once

#include "metrics/drift.h"
#include "trial/model_load.h"

struct comm;

struct score_drift {
    const struct reference *reference; // borrowed; NULL: the model has none, and nothing is compared
    struct drift_table error;          // errors, on rank 0; empty unless they are those of the model's experiment
    struct drift_table *column;        // (columns), owned; values after scaling
    int64_t errors;                    // number of errors so far
    int columns;                       // number of features
    int width;                         // values per row: a window holds every feature once per time step
    int64_t all_rows;                  // the first `all_rows` rows are all counted, of the later rows only some
};

// The result, on rank 0.
enum { DRIFT_WORST = 3 };
struct drift_report {
    struct drift error;
    struct drift worst[DRIFT_WORST]; // the columns with the largest index, the largest first
    int worst_column[DRIFT_WORST];
    int n_worst;
};

// Prepares the counts. is_own_error: the error is that of the model's experiment. Errors are compared only then,
// because the model has no reference for other errors.
void score_drift_init(struct score_drift *d, const struct trained_model *m, bool is_own_error);
void score_drift_free(struct score_drift *d);
// Counts scaled values of rows (rows, width). `first` is the number of the first row. is_unscored (rows) marks rows
// that are skipped. Several threads may call it at the same time.
void score_drift_count(struct score_drift *d, int64_t first, int rows, const real *x, const int8_t *is_unscored);
// Counts errors (rows). Call it on rank 0.
void score_drift_count_errors(struct score_drift *d, const float *error, int64_t rows);
// Collective. Adds up the counts of all ranks on rank 0. Returns -1 and an error if memory runs out.
int score_drift_join(struct score_drift *d, const struct comm *comm, struct err *e);
void score_drift_report(const struct score_drift *d, struct drift_report *out);
