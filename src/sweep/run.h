// A run: the trials of an experiment over groups of ranks, and the folder that holds what comes out.
//
//     results/<experiment>/trials/<id>.h5               a file per finished trial
//     results/<experiment>/checkpoints/<lineage>.h5     the state of one that is not, and <lineage>.previous.h5
//     results/<experiment>/run.h5                       all trials and the leaderboard
//
// The spec of each trial, settings included, is in its file.
#pragma once

#include "sweep/experiment.h"

struct run_options {
    int threads;         // of each rank; 0: as many as the cores of the node allow
    int ranks_per_trial; // 0: as few as keep all ranks busy
};

struct run_counts {
    int trials, found, done, diverged, failed; // found: finished by an earlier run
    int stopped;                               // at a checkpoint, or not begun, on request
    enum err_kind cause;                       // of the first failure, and its message
    char why[512];
};

// How the ranks are used; a pure function of its arguments.
struct layout {
    int ranks_per_trial, groups, threads;
};
// For `trials` trials whose largest and smallest numbers of shards are given, on `ranks` ranks with `cores` cores each.
// -1 and an error that says what to change where the wish cannot be met.
int layout_choose(const struct run_options *wish, int ranks, int cores, int trials, int64_t least_shards,
    struct layout *out, struct err *e);

// Collective over world. Runs all trials of the plan, which rank 0 alone has, that have no file in the folder yet; this
// run has taken it (run_folder_take). A trial that fails is told and counted, and the others go on. Failures of the
// world itself come back as -1.
// checkpoint_every: seconds; 0: only on request. At a request to stop (base/request.h) every group stops at a
// checkpoint of its trial, and the rest is left.
int run_trials(const struct comm *world, const struct experiment *x, const struct plan *plan,
    const struct layout *layout, double checkpoint_every, const char *folder, struct run_counts *counts, struct err *e);
