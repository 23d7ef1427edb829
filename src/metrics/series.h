// Measures how well scores of time steps find anomalous ranges of a series. Pure functions in double precision. A range
// is a run of consecutive steps that are marked. The conventions are those of metrics.h.
#pragma once

#include "base/err.h"
#include <stdint.h>

// Precision, recall and their harmonic mean. A number whose denominator is 0 is 0; without any true anomaly, all are
// NaN.
struct range_score {
    double precision, recall, f1;
};

// Computes range-based precision and recall (Tatbul et al. 2018, NeurIPS 31), with flat positional bias and the
// reciprocal cardinality factor: a range that overlaps k ranges of the other kind counts for its share of marked steps
// divided by k. `existence` (alpha of the article, in [0, 1]) is the weight, in the recall, of finding a true range at
// all. Both arrays have n steps; a step that is not 0 is an anomaly, or is called anomalous.
struct range_score series_range_score(const int8_t *is_anomaly, const int8_t *is_called, int64_t n, double existence);

// Computes point-adjusted precision and recall (Xu et al. 2018, WWW): if any step of a true range is called anomalous,
// all its steps count as called. This measure flatters: random scores reach an F1 of 0.7 on usual data. Use it only to
// compare with published results.
struct range_score series_point_adjusted(const int8_t *is_anomaly, const int8_t *is_called, int64_t n);

// Volumes under the surfaces of range-aware precision-recall and ROC curves (Paparrizos et al. 2022, PVLDB 15:2774):
// the means of the areas over windows of 0 to `window` steps. A window extends true ranges by steps with falling
// weights. As in the authors' program, curves have 250 thresholds at ranks of the scores. A NaN score is below all
// others.
struct series_volume {
    double pr, roc; // NaN: all steps are anomalies, or none is
};
// Computes the volumes. Returns 0, or -1 and an error if memory runs out. score and is_anomaly have n steps.
int series_volume_compute(
    const float *score, const int8_t *is_anomaly, int64_t n, int window, struct series_volume *out, struct err *e);
