// Runs the trials of an experiment on groups of ranks. A folder holds the results:
//
//     results/<experiment>/trials/<id>.h5               a file per finished trial
//     results/<experiment>/journal/                     finished small trials, in a journal per rank (store/journal.h)
//     results/<experiment>/checkpoints/                 <lineage>-<epochs>.h5, the state of an unfinished trial, and
//                                                       <lineage>-<epochs>.previous.h5, the state before
//     results/<experiment>/failed/<id>.yaml             why a trial failed
//     results/<experiment>/state/                       who uses the folder, what each rank does: folder.h, status.h
//     results/<experiment>/run.h5                       all trials and the leaderboard
//
// The file of a trial also holds its whole spec.
//
// The handle `struct run` is one process's share of a run, from taking the folder to releasing it: run_begin,
// run_trials, run_end. It owns the lease (on rank 0), the pulse and the plan file.
#pragma once

#include "comm/comm.h"
#include "run/earlier_results.h"
#include "run/ranks_layout.h"
#include "trial/plan.h"

struct run_settings {
    const char *folder; // borrowed
    int part;           // the part of the trials to be run, from 1; 0: all
    bool is_fresh;      // rename an existing folder, and begin with an empty one
    bool retries_failed;
    bool uses_journal;       // small trials go to a journal of their rank, not to files
    double checkpoint_every; // seconds between checkpoints; 0: only on request
    double hang_timeout;     // seconds without a sign of life after which a rank counts as hung; 0: never
    struct ranks_layout layout;
};

struct run_counts {
    int trials;
    int found, failed_before; // trials that finished in earlier runs; trials that failed in earlier runs
    int done, diverged, failed;
    int stopped;   // on request: at a checkpoint, or before they began
    char why[512]; // why the first of the failed trials failed
};

struct run;

// Collective over world. Takes the folder, handles what earlier runs left in it, writes the plan file and starts the
// pulse. Until run_end, no other run uses the folder. `plan` and `earlier` are used on rank 0 only. All pointers are
// borrowed until run_end. Returns NULL and an error, on all ranks, if the folder is in use or cannot be written.
struct run *run_begin(const struct comm *world, const struct experiment *x, struct plan *plan,
    const struct earlier_results *earlier, const struct run_settings *settings, struct err *e);

// Collective over world. Runs all trials of the sweep that have no result in the folder yet. A trial that fails by
// itself is reported, counted and recorded (failure.h), and the others continue. If the disk fails or the data has
// changed, no trial is to blame: no more trials begin, and the function returns -1. After a request to stop
// (base/request.h), every group stops at a checkpoint of its trial, and no more trials begin.
int run_trials(struct run *r, const struct comm *world, struct run_counts *counts, struct err *e);

// Stops the pulse, records in the lease how the run ended ("done", "stopped", "failed"), which releases the folder, and
// frees *r. NULL-safe.
void run_end(struct run **r, const char *how);
