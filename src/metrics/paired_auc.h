// The difference of the areas under the ROC curve of two scores of the same samples.
#pragma once

#include "base/err.h"
#include <stdint.h>

struct auc_difference {
    double a, b;       // the two areas; NaN if a class is missing or a score is NaN
    double difference; // area of a minus area of b
    double low, high;  // its 95 % normal interval; NaN if a class has fewer than two samples
    double p;          // two-sided p-value of the hypothesis that the areas are equal; NaN as the interval
};

// Compares scores a and b (n) of samples of which those with positive[i] != 0 are anomalies. The variance is that of
// paired samples by DeLong et al. (1988). Returns -1 with the errors of ranking_new.
int auc_compare(
    const float *a, const float *b, const int8_t *positive, int64_t n, struct auc_difference *out, struct err *e);
