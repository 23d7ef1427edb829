// A run: the trials of an experiment over groups of ranks, and the folder that holds what comes out.
//
//     results/<experiment>/trials/<id>.h5               a file per finished trial
//     results/<experiment>/checkpoints/<lineage>.h5     the state of one that is not, and <lineage>.previous.h5
//     results/<experiment>/failed/<id>.yaml             why a trial failed
//     results/<experiment>/state/                       who uses the folder, what each rank does: folder.h, status.h
//     results/<experiment>/run.h5                       all trials and the leaderboard
//
// The spec of each trial, settings included, is in its file.
#pragma once

#include "run/earlier_results.h"
#include "trial/plan.h"

struct run_options {
    int threads;         // of each rank; 0: as many as the cores of the node allow
    int ranks_per_trial; // 0: as few as keep all ranks busy
    bool may_idle;       // nobody asked for this number of ranks: those without work wait for the end
};

struct run_counts {
    int trials, found, failed_before, done, diverged, failed; // found, failed_before: by earlier runs
    int stopped;                                              // at a checkpoint, or not begun, on request
    char why[512];                                            // the first one failed
};

// How the ranks are used; a pure function of its arguments.
struct layout {
    int ranks_per_trial, groups, threads;
};
// For `trials` trials whose largest and smallest numbers of shards are given, on `ranks` ranks with `cores` cores each.
// -1 and an error that says what to change where the wish cannot be met.
int layout_choose(const struct run_options *wish, int ranks, int cores, int trials, int64_t least_shards,
    struct layout *out, struct err *e);

// Collective over world. Runs all trials of the sweep that have no file in the folder yet; the plan and `earlier` are
// rank 0's. This run has taken it (run_folder_take). A trial that fails by itself is told, counted and recorded
// (failure.h), and the others go on. An error of the world (a disk that fails, data that changed meanwhile) is no
// trial's: no more are begun, and it comes back as -1. At a request to stop (base/request.h) every group stops at a
// checkpoint of its trial, and the rest is left.
struct run_place {
    const char *folder;
    int part; // of the trials, from 1; 0: all
    struct pulse *pulse;
    double checkpoint_every; // seconds; 0: only on request
    bool retries_failed;     // runs trials again that failed in an earlier run
};
int run_trials(const struct comm *world, const struct experiment *x, struct plan *plan,
    const struct earlier_results *earlier, const struct layout *layout, const struct run_place *place,
    struct run_counts *counts, struct err *e);
