// Compares a trial with simple detectors on its test sets: whether it is better than the best of them, and whether it
// ranks samples as one of them does.
#pragma once

#include "metrics/paired_auc.h"
#include "score/simple_detector.h"

struct trial_result;
struct store_file;

// The results for one test set.
struct detector_comparison {
    double roc_auc[DETECTOR_COUNT];  // NaN: unknown
    double spearman[DETECTOR_COUNT]; // correlation of the trial's errors with the detector's scores; NaN: unknown
    int best;                        // enum detector: the one with the largest ROC AUC; -1: none is known
    struct auc_difference added;     // the trial's ROC AUC minus that of the best detector
};

// The scores of the detectors on one selection of data. Trials share it. Zero it to start.
struct detector_cache {
    float **score;  // (sets, DETECTOR_COUNT), owned: arrays of scores; NULL: not computed
    int n_sets;     // 0: the cache is empty
    int components; // number of principal components
};
void detector_cache_free(struct detector_cache *c);

// Compares the trial with the detectors of score.baselines. Prints a warning if the trial and a detector rank samples
// in the same way. Adds new scores to the cache. A detector that fails is reported and left out.
void comparison_make(struct trial_result *r, struct detector_cache *cache);
// Writes the results for a set as attributes of its group.
int comparison_write(struct store_file *f, const char *group, const struct detector_comparison *c, struct err *e);
