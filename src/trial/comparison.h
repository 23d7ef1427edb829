// A trial next to simple detectors on its test sets: what it adds to the best of them, and whether it ranks as one
// does.
#pragma once

#include "metrics/paired_auc.h"
#include "score/simple_detector.h"

struct trial_result;
struct store_file;

// What is known of one test set.
struct detector_comparison {
    double roc_auc[DETECTOR_COUNT];  // NaN: unknown
    double spearman[DETECTOR_COUNT]; // of the trial's errors and the detector's scores; NaN: unknown
    int best;                        // enum detector: with the largest ROC AUC; -1: none is known
    struct auc_difference added;     // the trial's ROC AUC less that of the best
};

// The scores of the detectors on one selection of data, which trials share. Zero it to start.
struct detector_cache {
    float **score;  // (sets, DETECTOR_COUNT), owned arrays, each owned; NULL: not computed
    int n_sets;     // 0: none yet
    int components; // of the principal components
};
void detector_cache_free(struct detector_cache *c);

// Compares the trial with the detectors that score.baselines names, and warns if it ranks samples as one of them does.
// Adds to the cache what it had to compute. A detector that fails is reported, and left out.
void comparison_make(struct trial_result *r, struct detector_cache *cache);
// Writes what is known of a set as attributes of its group.
int comparison_write(struct store_file *f, const char *group, const struct detector_comparison *c, struct err *e);
