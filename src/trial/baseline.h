// The baseline of a trial's test sets. It depends on the data, the number of components and the kind of error. Trials
// that agree in these share a baseline, which is computed once.
#pragma once

#include "trial/comparison.h"
#include "trial/trial_file.h"

// The areas under the ROC curve for one baseline.
struct known_baseline {
    int components;
    enum error error;
    enum step_rule window;
    double *auc; // (sets, 2), owned: for the samples of each test set, and for its time steps
};

// The baselines that were computed for one selection of data. Zero it to start.
enum { BASELINES_KEPT = 64 };
struct baselines {
    struct known_baseline known[BASELINES_KEPT];
    int n;                           // number of baselines
    int next;                        // index of the next baseline to replace if all places are used
    struct detector_cache detectors; // owned: scores for score.baselines
};
void baselines_free(struct baselines *b);

// Scores the baseline on all test sets with labels, if the trial asks for a baseline. Takes the results from *b, or
// computes them and adds them to *b. A failure is recorded in the set's evaluation.
void baseline_evaluate(struct trial_result *r, struct baselines *b);

// If there is an error, prints it and records it as the failure of the set; the trial's file stores it. The trained
// model is kept even if something fails after the training.
void evaluation_note_failure(struct evaluation *v, const char *trial, const char *set, struct err *found);
