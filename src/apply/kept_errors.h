// The errors of new data, kept in memory, and the threshold that a rule gives for them.
#pragma once

#include "apply/scores_file.h"
#include "metrics/threshold.h"
#include "score/reference.h"

// Errors of all rows, on rank 0.
struct kept_errors {
    float *error;       // (rows), owned; NaN: the row has none
    int8_t *is_anomaly; // (rows), owned; NULL: not known
    int64_t rows;
};

// Collective over team->comm. Computes the errors of the data of a job, whose output is not touched. Returns -1 and an
// error on every rank; free *out in any case.
int kept_errors_compute(const struct team *team, const struct score_job *job, struct kept_errors *out, struct err *e);
void kept_errors_free(struct kept_errors *k);

// Collective over team->comm. Makes a reference of the errors of calibration rows, which rank 0 gets. The data and the
// labels of `job` do not count. Returns -1 and an error on every rank; free *out in any case.
int calibrate_errors(const struct team *team, const struct score_job *job, const struct data_source *source,
    struct reference *out, struct err *e);

// How a threshold is chosen.
struct threshold_request {
    const struct threshold_rule *rule;     // borrowed
    const struct data_source *calibration; // borrowed; rows that are taken for normal; NULL: the training rows
    float *p_value;                        // set, for job->p_value, and owned by the caller
    bool is_own_error;                     // the error is that of the model's experiment, which its reference has
};
// Collective over team->comm. Sets job->threshold by a rule, and with conformal job->p_value. Rules that depend on the
// data pass over it once more.
// Returns -1 and an error on every rank.
int threshold_request_apply(
    const struct team *team, struct threshold_request *request, struct score_job *job, struct err *e);
