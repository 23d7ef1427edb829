// Computes from arrays how well scores separate anomalies from normal samples. Pure functions in double precision.
//
// Conventions: a higher score is more anomalous, and a sample is called anomalous if its score is strictly above the
// threshold. "Positive" means "is an anomaly". Counts are exact integers until the final division.
#pragma once

#include "base/err.h"
#include <stdint.h>

// The samples in order of score, sorted once for all metrics below. Samples with equal scores form one group, so that
// no metric depends on the order of ties; -0 equals 0. NaN ranks above all numbers; metrics that have no meaning with
// NaN scores are NaN.
struct ranking {
    int64_t n, positives;
    int64_t nans;   // scores that are NaN
    int64_t groups; // number of distinct scores
    int32_t *order; // (n) sample numbers, highest score first, ties by number; owned
    float *score;   // (groups) distinct scores, descending; owned
    int32_t *above; // (groups) number of samples whose score is at least score[g]; owned
    int32_t *hits;  // (groups) number of positives among these samples; owned
};

// Sorts score (n) with its labels positive (n), of which those that are not 0 are anomalies; `positive` is NULL if all
// are normal. Returns NULL and an error if memory runs out (ERR_SYSTEM) or n exceeds INT32_MAX (ERR_DATA). O(n) time by
// radix sort; 24 bytes per sample during the sort, at most 16 afterwards. Free it with ranking_free.
struct ranking *ranking_new(const float *score, const int8_t *positive, int64_t n, struct err *e);
void ranking_free(struct ranking **r);

// The area under the ROC curve: the probability that a random anomaly scores above a random normal sample, ties
// counting half. Variance by DeLong et al. (1988, Biometrics 44:837-845) from midranks as in Sun and Xu (2014, IEEE
// Signal Process. Lett. 21:1389-1393). [low, high] is the 95 % normal interval, clipped to [0, 1]. The AUC is NaN if a
// class is missing or a score is NaN; the other numbers are also NaN if a class has fewer than two samples.
struct roc_auc {
    double auc, variance, low, high;
    int64_t positives, negatives;
};
struct roc_auc ranking_roc_auc(const struct ranking *r);

// Returns the sum of precision times gain of recall over all distinct scores (average_precision_score of scikit-learn).
// Returns NaN if there are no positives or a score is NaN.
double ranking_average_precision(const struct ranking *r);

// Returns the share of positives among the `count` highest scores, or among all if there are fewer. If only a part of a
// group is among them, it counts with the group's share of positives, which is the mean over all orders of the ties.
// Returns NaN if count is 0 or a score is NaN.
double ranking_precision_at(const struct ranking *r, int64_t count);

// The highest possible F1, and the highest threshold with this F1. The threshold is midway between two neighbouring
// scores, or just below the lowest score if all samples are called anomalous, and never a denormal number. Both are NaN
// if there are no positives, if a score is NaN, or if all scores are -infinity.
struct best_f1 {
    double f1, threshold;
};
struct best_f1 ranking_best_f1(const struct ranking *r);

// Returns the q-quantile of the scores, q in [0, 1], with linear interpolation (numpy's default). Returns NaN if there
// are no scores or one is NaN. O(log n).
double ranking_quantile(const struct ranking *r, double q);

// Returns the mean of those scores (n) that are not NaN, or NaN if there are none.
double mean_of_known(const float *score, int64_t n);
// Returns mean + k standard deviations (of the population, as numpy.std) of score (n). Returns NaN if n is 0.
double mean_std_threshold(const float *score, int64_t n, double k);

// --- at a threshold
struct confusion {
    int64_t true_positives, false_positives, true_negatives, false_negatives;
};
// Counts the right and wrong decisions of a threshold. A NaN score counts as anomalous. A NaN threshold calls no sample
// anomalous. O(log n).
struct confusion ranking_confusion(const struct ranking *r, double threshold);

// The same numbers as in scikit-learn's classification_report with labels [0, 1] and zero_division=0: a number whose
// denominator is 0 is 0.
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
// Sets *rho to Spearman's rank correlation, with midranks for ties, or to NaN if an array is constant or has NaN.
// Returns -1 with the errors of ranking_new.
int spearman(const float *a, const float *b, int64_t n, double *rho, struct err *e);
// The ranks of one array of scores, for correlations with many others.
struct rank_vector {
    float *rank; // midranks minus the mean rank; exact for up to 2^23 samples
    double norm; // square root of the sum of their squares; 0: the scores are constant or have NaN
};
// Ranks score (n) and writes the ranks to out->rank (n), which the caller owns. Returns -1 with the errors of
// ranking_new.
int rank_vector_set(const float *score, int64_t n, struct rank_vector *out, struct err *e);
// Sets mean[i], for each of n vectors of `samples` ranks, to the mean of Spearman's correlations of vector i with each
// of the others. Vectors with norm 0 do not count, and their mean is NaN. So is that of a vector without others. The
// mean is exact, but takes O(n x samples) time: the correlations of a vector with all others add up to its product with
// the sum of all. It is rounded to 9 decimals, so that means that are equal in theory are equal. Returns -1 and an
// error if memory runs out.
int mean_rank_correlations(const struct rank_vector *v, int n, int64_t samples, double *mean, struct err *e);
// Returns the largest |a - b|, NaN if either array has NaN, or 0 if n is 0.
double max_abs_difference(const float *a, const float *b, int64_t n);
