// Compares new data with the data that a model was trained on, while it is scored: errors, and values of each feature.
#pragma once

#include "metrics/drift.h"
#include "trial/model_load.h"

struct comm;

struct score_drift {
    const struct reference *reference; // borrowed; NULL: it is not known for the error that is computed
    struct drift_table error;          // on rank 0
    struct drift_table *column;        // (columns), owned; of scaled values
    int64_t errors;                    // rows whose errors have passed
    int columns;                       // features
    int width;                         // values per row: a window has every feature once per time step
    int64_t all_rows;                  // the first rows, of which each counts; of later ones fewer
};

// The result, on rank 0.
enum { DRIFT_WORST = 3 };
struct drift_report {
    struct drift error;
    struct drift worst[DRIFT_WORST]; // of the columns with the largest index, the largest first
    int worst_column[DRIFT_WORST];
    int n_worst;
};

// Prepares the counts. `is_own_error`: the error is the one that the model's reference is about.
void score_drift_init(struct score_drift *d, const struct trained_model *m, bool is_own_error);
void score_drift_free(struct score_drift *d);
// Counts rows of scaled values (rows, width), of which the first has number `first`. Threads may call it together.
// is_unscored (rows) marks rows that do not count.
void score_drift_count(struct score_drift *d, int64_t first, int rows, const real *x, const int8_t *is_unscored);
// Counts errors (rows), on rank 0.
void score_drift_count_errors(struct score_drift *d, const float *error, int64_t rows);
// Collective. Adds up the counts of all ranks on rank 0. Returns -1 and an error if memory runs out.
int score_drift_join(struct score_drift *d, const struct comm *comm, struct err *e);
void score_drift_report(const struct score_drift *d, struct drift_report *out);
