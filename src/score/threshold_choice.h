// Chooses the threshold that a rule gives, from what is known of a model's errors and from the errors that are judged.
#pragma once

#include "score/reference.h"

// The errors that are judged, with their labels.
struct judged {
    const float *error;       // (rows), borrowed; NaN: the row has none and does not count; NULL: not known
    const int8_t *is_anomaly; // (rows), borrowed; NULL: not known
    int64_t rows;
};

// Sets *threshold to the threshold of a rule, or to NaN if the rule needs labels that are not known. If the judged
// errors are not known, rules that depend on them use the errors of the reference instead. Returns 0, or -1 and an
// error if the reference is not known or too small for the rule (ERR_DATA), or if memory runs out.
int threshold_choose(const struct threshold_rule *rule, const struct reference *reference, const struct judged *judged,
    double *threshold, struct err *e);

// Returns the conformal p-value of an error: (1 + calibration errors at least as large) / (calibration errors + 1). The
// calibration errors are those that the reference summarizes. The p-value is exact if the error is among the stored
// largest ones, and interpolated otherwise.
double reference_p_value(const struct reference *r, double error);
