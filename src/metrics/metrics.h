// Arrays in, numbers out: how well scores tell anomalies from normal samples. Pure functions, double arithmetic.
//
// One convention everywhere: a higher score is more anomalous, and a sample is called anomalous when its score lies
// strictly above the threshold. "Positive" means "is an anomaly". Counts are exact integers to the last division.
#pragma once

#include "base/err.h"
#include <stdint.h>

// The samples in order of score, sorted once for all metrics below. Samples with equal scores form one group, so that
// no metric depends on the order of ties; -0 equals 0. NaN ranks above all numbers; metrics that would then be
// meaningless are NaN.
struct ranking {
    int64_t n, positives;
    int64_t nans;   // scores that are NaN
    int64_t groups; // distinct scores
    int32_t *order; // (n) sample numbers, highest score first, ties by number; owned
    float *score;   // (groups) distinct scores, descending; owned
    int32_t *above; // (groups) samples whose score is at least score[g]; owned
    int32_t *hits;  // (groups) positives among them; owned
};

// Sorts score (n) with its labels positive (n): not 0 is an anomaly; NULL: no labels, all are normal. O(n) time (radix
// sort); 24 bytes a sample while it works, at most 16 held after. NULL and ERR_SYSTEM without memory; ERR_DATA where n
// exceeds INT32_MAX.
struct ranking *ranking_new(const float *score, const int8_t *positive, int64_t n, struct err *e);
void ranking_free(struct ranking **r);

// The area under the ROC curve: the probability that a random anomaly scores above a random normal sample, ties
// counting half. Variance by DeLong et al. (1988, Biometrics 44:837-845) from midranks as in Sun & Xu (2014, IEEE
// Signal Process. Lett. 21:1389-1393); [low, high] is the 95 % normal interval, clipped to [0, 1]. NaN: the auc where a
// class is missing, the others where a class has less than two samples.
struct roc_auc {
    double auc, variance, low, high;
    int64_t positives, negatives;
};
struct roc_auc ranking_roc_auc(const struct ranking *r);

// The sum of precision times gain of recall over all distinct scores (scikit-learn's average_precision_score). NaN
// without positives.
double ranking_average_precision(const struct ranking *r);

// The share of positives among the `count` highest scores (all, where there are fewer); samples tied at the cut count
// by their group's share, the mean over all orders of the ties. NaN when count is 0.
double ranking_precision_at(const struct ranking *r, int64_t count);

// The highest F1 that a threshold reaches, and that threshold: midway between two neighboring scores, just below the
// lowest score if all samples are called anomalous; the highest such threshold if several reach it. It is no denormal
// number. NaN without positives.
struct best_f1 {
    double f1, threshold;
};
struct best_f1 ranking_best_f1(const struct ranking *r);

// The q-quantile of the scores, q in [0, 1], with linear interpolation (numpy's default). O(log n). NaN when empty.
double ranking_quantile(const struct ranking *r, double q);

// mean + k standard deviations (of the population, as numpy.std) of score (n). NaN when empty.
double mean_std_threshold(const float *score, int64_t n, double k);

// --- at a threshold
struct confusion {
    int64_t true_positives, false_positives, true_negatives, false_negatives;
};
// O(log n). A NaN score counts as anomalous. A NaN threshold calls nothing anomalous.
struct confusion ranking_confusion(const struct ranking *r, double threshold);

// As scikit-learn's classification_report with labels [0, 1] and zero_division=0: what cannot be computed is 0.
struct class_metrics {
    double precision, recall, f1;
    int64_t support; // samples that truly are of this class
};
struct classification {
    struct class_metrics normal, anomaly, macro, weighted;
    double accuracy;
};
struct classification confusion_classification(const struct confusion *c);

// --- agreement of two arrays (n)
// Spearman's rank correlation, ties by midranks, into *rho: NaN where an array is constant or holds NaN. -1 as
// ranking_new.
int spearman(const float *a, const float *b, int64_t n, double *rho, struct err *e);
// The largest |a - b|; NaN where either array holds NaN; 0 when empty.
double max_abs_difference(const float *a, const float *b, int64_t n);
