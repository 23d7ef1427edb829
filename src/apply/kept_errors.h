// Keeps the errors of new data in memory, and chooses the threshold that a rule gives for them.
#pragma once

#include "apply/scores_file.h"
#include "metrics/threshold.h"
#include "score/reference.h"

// The errors of all rows, on rank 0.
struct kept_errors {
    float *error;       // (rows), owned; NaN: the row has none
    int8_t *is_anomaly; // (rows), owned; NULL: anomalies are not known
    int64_t rows;
};

// Collective over team->comm. Computes the errors of the data of a job. Writes no output. Returns -1 and an error on
// every rank on failure. Free *out in any case.
int kept_errors_compute(const struct team *team, const struct score_job *job, struct kept_errors *out, struct err *e);
void kept_errors_free(struct kept_errors *k);

// Collective over team->comm. Makes a reference from the errors of the rows of `source`; rank 0 gets it. The data and
// labels of `job` are not used. Returns -1 and an error on every rank on failure. Free *out in any case.
int calibrate_errors(const struct team *team, const struct score_job *job, const struct data_source *source,
    struct reference *out, struct err *e);

// How a threshold is chosen, and the p-values that result.
struct threshold_request {
    const struct threshold_rule *rule;     // borrowed
    const struct data_source *calibration; // borrowed; rows that count as normal; NULL: the training rows
    float *p_value;                        // result, to which job->p_value points; owned by the caller
    bool is_own_error; // the job computes the error of the model's experiment, for which the model has a reference
};
// Collective over team->comm. Sets job->threshold by a rule and, if the rule is conformal, job->p_value. A rule that
// depends on the data needs a pass of its own over the data. Returns -1 and an error on every rank on failure.
int threshold_request_apply(
    const struct team *team, struct threshold_request *request, struct score_job *job, struct err *e);
