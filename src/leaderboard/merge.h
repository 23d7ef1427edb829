// Several runs as one file, trial by trial.
//
// A trial is known by the hash of its spec. Trials that came to the same bits are one trial, wherever they were run:
// the one that began first, with the provenance of the others in also/. Trials of one spec with different bits are kept
// apart, ID-DIGITS each, where DIGITS begin the hash of their results. All of this depends on the set of trials alone,
// neither on the order of the runs nor on how often one is merged.
#pragma once

#include "base/output.h"

struct merge_counts {
    int trials;         // in the file
    int found;          // in all runs
    int equal;          // found again with the same bits
    int ids, different; // ids that came to different bits, and as how many trials
};

// Into OUTPUT, whose turn it is. RUN: a folder, a run's file or a merged one. Damaged trial files of folders are left
// out and told in `e` (0); with a damaged run's file nothing is made (-1).
int merge_runs(const char *const *runs, int n, const struct output *output, struct merge_counts *counts, struct err *e);
