// Confidence intervals of metrics by resampling, for metrics whose variance has no simple formula.
#pragma once

#include "metrics/metrics.h"

struct interval {
    double low, high;
};

// 95 % intervals. All are NaN if a class has fewer than two samples, a score is NaN or there are too many samples.
struct bootstrap_intervals {
    int resamples; // 0: there are no intervals
    struct interval average_precision;
    struct interval best_f1; // each resample takes its own best threshold
    struct interval f1;      // at the given threshold; NaN without one
};

// Up to BOOTSTRAP_SAMPLES_ALL samples are resampled BOOTSTRAP_RESAMPLES times. Larger sets have fewer resamples, which
// draw as many samples in total. Sets of more than BOOTSTRAP_SAMPLES_MOST samples get no intervals.
enum { BOOTSTRAP_SAMPLES_MOST = 1000000, BOOTSTRAP_SAMPLES_ALL = 200000, BOOTSTRAP_RESAMPLES = 1000 };

// Computes the intervals by the percentile bootstrap (Efron 1979, Annals of Statistics 7:1-26; Efron and Tibshirani
// 1993, An Introduction to the Bootstrap, chapter 13). A resample draws with replacement as many anomalies and as many
// normal samples as there are, so that the share of anomalies stays the same. The random numbers do not depend on the
// machine or on the scores. A NaN threshold is unknown. Returns -1 and an error if memory runs out.
int bootstrap_compute(const struct ranking *r, double threshold, struct bootstrap_intervals *out, struct err *e);
