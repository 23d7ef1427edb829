// Writes the time steps to a file of scores of new data. The error of each step is computed from the errors of windows
// and streamed.
#pragma once

#include "apply/apply.h"
#include "trial/model_load.h"

// The group of the steps, and their number.
struct steps_place {
    struct store_file *f;
    const char *group; // "scores/test/steps", borrowed
    int64_t n;
};
#define STEPS_INDEX_ABOUT  "row in its source"
#define STEPS_SOURCE_ABOUT "number of its source, from 0"
#define STEPS_FIRST_ABOUT  "first row in its source" // a column of windows
// Begin an array along the steps. Return NULL and an error on failure.
struct store_stream *steps_begin_column(
    const struct steps_place *to, const char *name, enum store_type type, const char *long_name, struct err *e);
struct store_stream *steps_begin_error(const struct steps_place *to, struct err *e);
// Writes the numbers of the steps, and notes how their errors are computed from those of windows. Returns -1 and an
// error on failure.
int steps_begin_group(const struct steps_place *to, const struct trained_model *m, struct err *e);

// The set whose time steps are written. Everything is borrowed.
struct steps_job {
    struct store_file *f;
    const char *set_group;             // "scores/test"
    const struct trained_model *model; // a model of windows
    struct row_reader *reader;
    const int8_t *is_anomaly; // (steps); NULL: unknown
    const char *error;        // borrowed: name of the error
    double threshold;         // threshold of the errors of time steps; NaN: unknown
};

struct steps_outcome {
    int64_t above, unscored;      // number of steps with an error above the threshold; number of steps without an error
    int64_t uncovered;            // of the steps without an error, the number that no window covers
    struct evaluation evaluation; // metrics of the steps
    struct series_evaluation series; // metrics of the series, if the anomalies are known
};

// On rank 0 only. Writes the columns that are known before the pass: numbers, labels and anomalies. Returns NULL and an
// error on failure. If the anomalies are known, the metrics need all errors in memory; otherwise memory does not grow
// with the steps.
struct steps_file;
struct steps_file *steps_file_begin(const struct steps_job *job, struct err *e);
// Adds the errors of the windows [first, first + n), in order. Returns -1 and an error on failure.
int steps_file_add(struct steps_file *s, int64_t first, int64_t n, const float *error, struct err *e);
// Completes the group and its metrics. Returns -1 and an error on failure.
int steps_file_finish(struct steps_file *s, struct steps_outcome *out, struct err *e);
void steps_file_free(struct steps_file **s); // NULL-safe; closes the streams
