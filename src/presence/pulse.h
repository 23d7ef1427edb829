// A thread next to the main one that shows what this process does and that it is alive, and ends the job if one of its
// ranks dies or hangs. It touches the lease, writes the rank's beacon, and watches the next rank (watchdog.h). It calls
// no MPI except to end the job.
#pragma once

#include "presence/lease.h"

struct pulse_options {
    const struct lease *lease; // borrowed; of world rank 0, NULL elsewhere
    const char *folder;        // borrowed
    int part, rank, size;
    int ranks_per_trial; // the first rank of each such group is its leader
    double hang_timeout; // seconds without a sign of life after which a rank counts as hanging; 0: never
};

struct pulse;

// Starts the thread. Returns NULL and an error if the system provides none.
struct pulse *pulse_start(const struct pulse_options *o, struct err *e);
// Ends the thread, removes the beacon and frees *p. NULL-safe.
void pulse_stop(struct pulse **p);
// Removes the beacon and stops watching, because no rank works any more. The lease is touched until pulse_stop.
// NULL-safe.
void pulse_pause(struct pulse *p);

// The main thread calls the functions below; all are NULL-safe.
// Reports that a trial begins, which is expected to cost `operations`. On a group's leader the beacon has been written
// when this returns.
void pulse_trial(struct pulse *p, const char *id, double operations, int64_t epochs);
// Reports progress of the trial: epochs done, or NAN while it is scored.
void pulse_progress(struct pulse *p, double epochs_done);
// Reports the end of the trial. `counts`: it was finished here.
void pulse_trial_end(struct pulse *p, bool counts);
