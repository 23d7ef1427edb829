// Arrays in, numbers out: how well scores separate anomalies from normal samples. Pure functions in double precision.
//
// One convention everywhere: a higher score is more anomalous, and a sample is called anomalous if its score is
// strictly above the threshold. "Positive" means "is an anomaly". Counts are exact integers up to the last division.
#pragma once

#include "base/err.h"
#include <stdint.h>

// The samples in order of score, sorted once for all metrics below. Samples with equal scores form one group, so that
// no metric depends on the order of ties; -0 equals 0. NaN ranks above all numbers; metrics that NaN makes meaningless
// are NaN.
struct ranking {
    int64_t n, positives;
    int64_t nans;   // scores that are NaN
    int64_t groups; // distinct scores
    int32_t *order; // (n) sample numbers, highest score first, ties by number; owned
    float *score;   // (groups) distinct scores, descending; owned
    int32_t *above; // (groups) samples whose score is at least score[g]; owned
    int32_t *hits;  // (groups) positives among them; owned
};

// Sorts score (n) with its labels positive (n), where not 0 is an anomaly; NULL means that all are normal. Returns NULL
// with ERR_SYSTEM if memory is short, or with ERR_DATA if n exceeds INT32_MAX. O(n) time by radix sort; 24 bytes per
// sample during the sort, at most 16 afterwards. Free it with ranking_free.
struct ranking *ranking_new(const float *score, const int8_t *positive, int64_t n, struct err *e);
void ranking_free(struct ranking **r);

// The area under the ROC curve: the probability that a random anomaly scores above a random normal sample, ties
// counting half. Variance by DeLong et al. (1988, Biometrics 44:837-845) from midranks as in Sun and Xu (2014, IEEE
// Signal Process. Lett. 21:1389-1393). [low, high] is the 95 % normal interval, clipped to [0, 1]. The AUC is NaN if a
// class is missing, the others are NaN if a class has fewer than two samples.
struct roc_auc {
    double auc, variance, low, high;
    int64_t positives, negatives;
};
struct roc_auc ranking_roc_auc(const struct ranking *r);

// Returns the sum of precision times gain of recall over all distinct scores (average_precision_score of scikit-learn).
// NaN without positives.
double ranking_average_precision(const struct ranking *r);

// Returns the share of positives among the `count` highest scores, or among all if there are fewer. Samples tied at the
// cut count by their group's share, which is the mean over all orders of the ties. NaN if count is 0.
double ranking_precision_at(const struct ranking *r, int64_t count);

// The highest F1 that a threshold reaches, and the highest threshold that reaches it. That is midway between two
// neighbouring scores, or just below the lowest score if all samples are called anomalous, and never a denormal number.
// Both are NaN if there are no positives, if a score is NaN, or if all scores are -infinity.
struct best_f1 {
    double f1, threshold;
};
struct best_f1 ranking_best_f1(const struct ranking *r);

// Returns the q-quantile of the scores, q in [0, 1], with linear interpolation (numpy's default). O(log n). NaN if
// empty.
double ranking_quantile(const struct ranking *r, double q);

// Returns mean + k standard deviations (of the population, as numpy.std) of score (n). NaN if empty.
double mean_std_threshold(const float *score, int64_t n, double k);

// --- at a threshold
struct confusion {
    int64_t true_positives, false_positives, true_negatives, false_negatives;
};
// O(log n). A NaN score counts as anomalous. A NaN threshold calls no sample anomalous.
struct confusion ranking_confusion(const struct ranking *r, double threshold);

// The same as classification_report of scikit-learn with labels [0, 1] and zero_division=0: what cannot be computed is
// 0.
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
// Computes Spearman's rank correlation, ties by midranks, as *rho: NaN if an array is constant or has NaN. Returns -1
// with the errors of ranking_new.
int spearman(const float *a, const float *b, int64_t n, double *rho, struct err *e);
// Returns the largest |a - b|; NaN if either array has NaN; 0 if empty.
double max_abs_difference(const float *a, const float *b, int64_t n);
