// Finds out how far the run of a folder is, only from the files in the folder. This works on any machine, at any time,
// and does not involve the processes of the run.
#pragma once

#include "presence/beacon.h"
#include "presence/lease.h"

enum run_state {
    RUN_NEVER,   // no run has begun there
    RUN_RUNS,    // is running now
    RUN_SILENT,  // has recorded no end, and shows no sign of life; its machine cannot be asked
    RUN_DIED,    // killed, or its machine failed
    RUN_STOPPED, // stopped at a checkpoint, with more to do
    RUN_FAILED,  // ended by an error of the run
    RUN_DONE
};
extern const char *const run_state_names[];

struct failed_trial {
    char id[32];
    char *reason, *when; // owned
};

struct run_status {
    enum run_state state;
    struct lease_record lease; // of the current or the last run; with several parts, of the part that `state` describes
    int trials, done, running, failed, left;
    int stale;           // finished trials whose data has changed since
    struct beacon *rank; // owned; (ranks): what each rank does, or did when the run died
    int ranks;
    struct failed_trial *failure; // owned; (failed): the failed trials
    char **damaged;               // owned; (n_damaged) messages about files of the folder that cannot be used
    int n_damaged;
    double seconds_left; // NaN: unknown
};

// Reads the status of the last run, or of all its parts together. Returns 0, or -1 and an error if there is no such
// folder. The caller frees `s` with run_status_free in both cases.
int run_status_read(const char *folder, struct run_status *s, struct err *e);
void run_status_free(struct run_status *s);
