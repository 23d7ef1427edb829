// Merges several runs into one file, trial by trial.
//
// The id of a trial is the hash of its spec. Trials with the same id and bit-for-bit identical results become one
// trial, wherever they ran: the one that began first is kept, and its group also/ holds the provenance of the others.
// Trials with the same id but different results are all kept, under the names ID-DIGITS; DIGITS are the first digits of
// the hash of the results. The outcome depends only on the set of trials. The order of the runs, and the number of
// merges, do not matter.
#pragma once

#include "base/output.h"

struct merge_counts {
    int trials;         // trials in the merged file
    int found;          // trials in all runs together
    int equal;          // trials that were left out because they equal another one
    int ids, different; // `ids`: ids with different results; `different`: the trials that these ids became
};

// Merges n runs into `output`, which output_take has taken. A run is a folder, a run's file or a merged file. Bad trial
// files of a folder are left out: then it returns 0 and adds errors that name them. Returns -1 and an error, and writes
// nothing, if a run's file is damaged or no run has a finished trial.
int merge_runs(const char *const *runs, int n, const struct output *output, struct merge_counts *counts, struct err *e);
