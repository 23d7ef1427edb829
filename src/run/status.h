// How far the run of a folder is, from the files in it: on any machine, at any time, without asking its processes.
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
    struct lease_record lease; // of the current or the last run; with several parts, of the part whose state it is
    int trials, done, running, failed, left;
    int stale;           // finished trials of data that has changed since
    struct beacon *rank; // owned; (ranks) what each does, or did when the run died; leaders with a trial are `running`
    int ranks;
    struct failed_trial *failure; // owned; (failed)
    char **damaged;               // owned; (n_damaged) messages about files of the folder that cannot be used
    int n_damaged;
    double seconds_left; // NaN: unknown
};

// Reads the status of the last run, or of all its parts together. Returns -1 and an error if there is no such folder.
// The caller frees `s` with run_status_free in any case.
int run_status_read(const char *folder, struct run_status *s, struct err *e);
void run_status_free(struct run_status *s);
