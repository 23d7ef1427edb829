// The baseline of a trial's test sets. It depends on the data, the number of components and the error, so trials share
// what was computed once.
#pragma once

#include "trial/comparison.h"
#include "trial/trial_file.h"

// The areas under the ROC curve of one baseline.
struct known_baseline {
    int components;
    enum error error;
    enum step_rule window;
    double *auc; // (sets, 2), owned: of the samples of each test set, and of its time steps
};

// What is known of the baselines on one selection of data. Zero it to start.
enum { BASELINES_KEPT = 64 };
struct baselines {
    struct known_baseline known[BASELINES_KEPT];
    int n;                           // of them
    int next;                        // the one that is replaced next, if all are taken
    struct detector_cache detectors; // owned: of score.baselines
};
void baselines_free(struct baselines *b);

// Scores the baseline on all test sets that have labels, if the trial wants one, or takes the results from *b, to which
// it adds what it had to compute. A failure is recorded as that of the set.
void baseline_evaluate(struct trial_result *r, struct baselines *b);

// Records an error, if there is one, as the failure of a set, which is written and printed. The trained model outlives
// whatever fails after it.
void evaluation_note_failure(struct evaluation *v, const char *trial, const char *set, struct err *found);
