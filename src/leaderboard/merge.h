// Several runs as one file, trial by trial.
//
// A trial is identified by the hash of its spec. Trials with the same results bit by bit are one trial, wherever they
// ran: the one that began first is kept, with the provenance of the others in also/. Trials of one spec with different
// results are kept apart as ID-DIGITS, where DIGITS begin the hash of their results. All of this depends only on the
// set of trials: the order of the runs and the number of merges do not matter.
#pragma once

#include "base/output.h"

struct merge_counts {
    int trials;         // in the file
    int found;          // in all runs
    int equal;          // found again with the same results
    int ids, different; // ids with different results; the trials these became
};

// Merges n runs into `output`, whose turn it is. A run is a folder, a run's file or a merged one. Bad trial files of
// folders are left out: 0, and errors that name them. With a damaged run's file nothing is written: -1.
int merge_runs(const char *const *runs, int n, const struct output *output, struct merge_counts *counts, struct err *e);
