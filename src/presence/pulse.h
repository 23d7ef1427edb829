// A thread beside the main one that shows what this process does and that it lives, and sees to it that the job does
// not outlive one of its ranks: touches the lease, writes the rank's beacon, watches the next rank (watchdog.h). It
// calls no MPI but to end the job.
#pragma once

#include "presence/lease.h"

struct pulse_options {
    const struct lease *lease; // borrowed; of world rank 0, NULL elsewhere
    const char *folder;        // borrowed
    int part, rank, size;
    int ranks_per_trial; // the first of so many ranks is their leader
    double hang_timeout; // seconds without a sign of life after which a rank hangs; 0: never
};

struct pulse;
struct pulse *pulse_start(const struct pulse_options *o, struct err *e);
void pulse_stop(struct pulse **p); // NULL-safe
// No rank works any more: beacons go, nobody watches. The lease is touched until pulse_stop.
void pulse_rest(struct pulse *p);

// From the main thread; all NULL-safe. A trial begins, of which so many operations are expected: its beacon is there
// when this returns.
void pulse_trial(struct pulse *p, const char *id, double operations, int64_t epochs);
// It goes on: epochs done, or NAN (scoring).
void pulse_progress(struct pulse *p, double epochs_done);
// It ended. `counts`: it was finished here.
void pulse_trial_end(struct pulse *p, bool counts);
