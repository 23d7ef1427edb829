// How far the run of a folder is, from what lies in it: on any machine, at any moment, without asking its processes.
#pragma once

#include "presence/beacon.h"
#include "presence/lease.h"

enum run_state {
    RUN_NEVER,   // no run has begun there
    RUN_RUNS,    // now
    RUN_SILENT,  // has not ended, but gave no sign of life in a second: on a machine that cannot be asked
    RUN_DIED,    // killed, or its machine failed
    RUN_STOPPED, // at a checkpoint, with more to do
    RUN_FAILED,  // by an error of its own
    RUN_DONE
};
extern const char *const run_state_names[];

struct failed_trial {
    char id[32];
    char *reason, *when; // owned
};

struct run_status {
    enum run_state state;
    struct lease_record lease; // of the run that runs or was the last; of several parts, one whose state it is
    int trials, done, running, failed, left;
    int stale;           // finished trials of data that has changed since
    struct beacon *rank; // (ranks), owned: what each does, or did when the run died; leaders with a trial are `running`
    int ranks;
    struct failed_trial *failure; // (failed), owned
    char **damaged;               // (n_damaged), owned: messages about files of the folder that are of no use
    int n_damaged;
    double seconds_left; // NaN: not known
};

// Of the last run, or of all its parts together. -1 and an error where there is no such folder. The caller's to free in
// every case.
int run_status_read(const char *folder, struct run_status *s, struct err *e);
void run_status_free(struct run_status *s);
