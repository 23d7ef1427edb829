// Scores of new data: a trained model's errors in a file of their own, laid out as those in a trial's file.
#pragma once

#include "trial/model_load.h"

struct score_job {
    const char *name;                  // of the model, as given
    const struct trained_model *model; // borrowed
    const struct data_source *source;  // borrowed
    struct row_error error;            // what each row's error is
    double threshold;                  // of that error; NaN: none is known
    const char *output;                // FILE.h5
    unsigned save;                     // of enum save
    const struct field_texts *normal;  // labels that are normal; n = 0: it is not known what is an anomaly
    bool has_normal_option;            // the user says so, not the model's experiment
    bool force;                        // replace a file that exists
};

struct score_outcome {
    int64_t rows, above;              // samples, and those with an error above the threshold
    int64_t unscored, first_unscored; // rows that the model cannot take, whose error is NaN; the first of them
    int64_t clipped;                  // values outside [0, 1] that the cross-entropy took as 0 or 1
    int beyond_columns;               // columns of which most values lie outside of:
    double limit_low, limit_high;     // where the training data lies after scaling
    char beyond[400];                 // their names
    struct evaluation evaluation;
};

// Collective over team->comm. Writes the file whole or not at all; the outcome is rank 0's. Memory does not grow with
// the rows, unless it is known which are anomalies: metrics rank all errors. -1 and an error on every rank.
int score_new(const struct team *team, const struct score_job *job, struct score_outcome *out, struct err *e);
