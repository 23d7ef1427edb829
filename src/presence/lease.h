// Leases: only one run at a time uses a folder, on any machine that can access the folder.
//
// state/lease-<part>-<number> is created in one step that succeeds for one run only and fails if the file exists. The
// lease with the highest number counts. It stays when its run has ended, so that numbers are never used twice. To find
// out whether a run is alive, we examine its process if that is on this machine. Otherwise we ask Slurm whether its job
// has ended. If Slurm does not say so, we watch the file, which a live run touches every second. The clocks of two
// machines are never compared.
//
// `part` lets several runs share a folder, each with a part of the trials; 0 is a run of all trials.
#pragma once

#include "base/err.h"
#include "base/process.h"

// The content of a lease's file.
struct lease_record {
    struct process process; // world rank 0
    char *job, *cluster;    // owned; Slurm's job and cluster; NULL: none
    char *started;          // owned; UTC
    int64_t ranks;
    char *ended; // owned; "" while the run lasts; then how it ended, such as "done", "stopped" or "failed"
};
extern const struct field lease_fields[]; // the file also has process_fields

// Reads the file at `path`. Returns 0, or -1 and an error. The caller frees *r in either case.
int lease_record_read(const char *path, struct lease_record *r, struct err *e);
void lease_record_free(struct lease_record *r);

// Returns the path of the newest lease in new memory, or NULL if there is none.
char *lease_newest(const char *folder, int part);
// Returns the parts that have leases, in any order and in new memory, and sets *n to their number.
int *lease_parts(const char *folder, int *n);

struct lease;

// Takes the folder, which must contain state/. Returns NULL and an error if another run uses the folder (ERR_BUSY, with
// a description of that run), if the file cannot be created, or if the user asks this run to stop (ERR_STOPPED). May
// have to watch the lease of a run on another machine for half a minute, and prints a message then. Sets *before to the
// record of the last run, which the caller frees; its process.pid is 0 if there was none.
struct lease *lease_take(const char *folder, int part, int ranks, struct lease_record *before, struct err *e);
// Sets the folder of the lease after the folder has been renamed.
void lease_move(struct lease *l, const char *folder);
// Touches the file. Call it every second during the run, from any thread. Returns -1 if another run has taken the
// folder because this one seemed dead: then this run must end at once.
int lease_beat(const struct lease *l);
// Records how the run ended ("done", "stopped", "failed"), unless another run has taken the folder. This releases the
// folder. Frees *l. NULL-safe.
void lease_end(struct lease **l, const char *how);

// Returns true if a run that has not recorded its end is alive. If its process is not on this machine and Slurm does
// not say that its job has ended, watches the file for up to `patience` seconds. May be called on any thread.
bool lease_is_alive(const char *path, const struct lease_record *r, double patience);
