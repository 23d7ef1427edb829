// The threshold that a rule gives, from what is known of a model's errors and from the errors that are judged.
#pragma once

#include "score/reference.h"

// Errors that are judged.
struct judged {
    const float *error;       // (rows), borrowed; NaN: the row has none and does not count; NULL: not known
    const int8_t *is_anomaly; // (rows), borrowed; NULL: not known
    int64_t rows;
};

// Sets *threshold to that of a rule; NaN if it takes labels, and these are not known. Rules that depend on the errors
// that are judged take the calibration errors instead if the former are not known. Returns 0, or -1 and an error if the
// reference is not known or too small for the rule (ERR_DATA), or if memory runs out.
int threshold_choose(const struct threshold_rule *rule, const struct reference *reference, const struct judged *judged,
    double *threshold, struct err *e);

// Returns the conformal p-value of an error: (1 + calibration errors at least as large) / (calibration errors + 1). It
// is exact if it is among the stored largest errors, and interpolated elsewhere.
double reference_p_value(const struct reference *r, double error);
