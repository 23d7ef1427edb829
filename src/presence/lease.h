// Who uses a run's folder: one run at a time, on any machine that sees the folder.
//
// state/lease-<part>-<number> is created in one step that succeeds for one run only and fails if the file exists. The
// lease with the highest number counts. It stays when its run has ended, so that numbers are never used twice. Whether
// its run is alive is decided from its process, if this machine can see it; from Slurm, if the job has ended; otherwise
// by watching the file, which its run touches every second. The clocks of two machines are never compared.
//
// `part` lets several runs share a folder, each with its own trials; 0 is a run that has all trials.
#pragma once

#include "base/err.h"
#include "base/process.h"

// What the file says.
struct lease_record {
    struct process process; // world rank 0
    char *job, *cluster;    // owned, as all strings here: of Slurm; NULL: none
    char *started;          // UTC, for readers
    int64_t ranks;
    char *ended; // "" while it runs; "done", "stopped", "failed"
};
extern const struct field lease_fields[]; // the file also has process_fields

// Returns 0, or -1 and an error. The caller frees *r in either case.
int lease_record_read(const char *path, struct lease_record *r, struct err *e);
void lease_record_free(struct lease_record *r);

// Returns the path of the lease that counts in new memory; NULL if there is none.
char *lease_newest(const char *folder, int part);
// Returns the parts that have leases, in no order and in new memory (*n).
int *lease_parts(const char *folder, int *n);

struct lease;

// Takes the folder, in which state/ exists. Returns NULL and ERR_BUSY if another run uses it, with a description of
// that run, or another error if the file cannot be created. May watch the lease of a run on another machine for half a
// minute, and reports that. Sets *before to the record of the last run (its process.pid is 0 if there was none), which
// the caller frees.
struct lease *lease_take(const char *folder, int part, int ranks, struct lease_record *before, struct err *e);
// Notes that the folder has been renamed.
void lease_move(struct lease *l, const char *folder);
// Touches the file. Call it every second during the run, from any thread. Returns -1 if another run has taken the
// folder, because this one seemed dead; it must end at once.
int lease_beat(const struct lease *l);
// Records how the run ended, which releases the folder; frees *l. NULL-safe.
void lease_end(struct lease **l, const char *how);

// Returns whether a run that has not recorded its end is alive. If there is no better way, watches its file for up to
// `patience` seconds. Any thread.
bool lease_is_alive(const char *path, const struct lease_record *r, double patience);
