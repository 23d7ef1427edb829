// A thread next to the main one that shows what this process does and that it is alive, and ends the job if one of its
// ranks dies or hangs. It touches the lease, writes the rank's beacon, and watches the next rank (watchdog.h). The
// thread calls MPI only to end the job.
#pragma once

#include "presence/lease.h"

struct pulse_options {
    const struct lease *lease; // borrowed; on world rank 0, NULL on other ranks
    const char *folder;        // borrowed
    int part, rank, size;
    int ranks_per_trial; // size of a group; the first rank of each group is its leader
    double hang_timeout; // seconds without a sign of life after which a rank counts as hanging; 0: never
};

struct pulse;

// Starts the thread. Returns NULL and an error if the system cannot create a thread.
struct pulse *pulse_start(const struct pulse_options *o, struct err *e);
// Ends the thread, removes the beacon and frees *p. NULL-safe.
void pulse_stop(struct pulse **p);
// Removes the beacon and stops watching other ranks. Call it when no rank works any more. The lease is touched until
// pulse_stop. NULL-safe.
void pulse_pause(struct pulse *p);

// The main thread calls the functions below; all are NULL-safe.
// Reports the start of a trial that is expected to cost `operations`. On a group's leader, writes the beacon before it
// returns. If the beacon was written just before, the thread writes it a moment later instead.
void pulse_trial(struct pulse *p, const char *id, double operations, int64_t epochs);
// Reports progress of the trial: the number of finished epochs, or NAN while the trial is scored.
void pulse_progress(struct pulse *p, double epochs_done);
// Reports the end of the trial. If `counts` is true, the trial was finished here.
void pulse_trial_end(struct pulse *p, bool counts);
