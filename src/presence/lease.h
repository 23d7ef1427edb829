// Who uses a run's folder: one run at a time, on any machine that sees it.
//
// state/lease-<part>-<number> is made in one step that succeeds for one run alone and fails where it exists; the one
// with the highest number counts, and stays when its run has ended, so that numbers never come back. Whether its run
// still lives is told from its process where that can be seen, from Slurm where the job has gone, and else by watching
// the file: its run touches it every second. Nobody compares the clocks of two machines.
//
// `part` lets several runs share a folder, each with trials of its own; 0 for a run that has all.
#pragma once

#include "base/err.h"
#include "base/process.h"

// What the file says.
struct lease_record {
    struct process process; // world rank 0
    char *job, *cluster;    // owned, as all texts: of Slurm; NULL: none
    char *started;          // UTC, for readers
    int64_t ranks;
    char *ended; // "" while it runs; "done", "stopped", "failed"
};
extern const struct field lease_fields[];                                       // beside process_fields
int lease_record_read(const char *path, struct lease_record *r, struct err *e); // the caller's to free in every case
void lease_record_free(struct lease_record *r);
// The path of the lease that counts, new memory; NULL: there is none.
char *lease_newest(const char *folder, int part);

// The parts of which there are leases, in no order: new memory (*n).
int *lease_parts(const char *folder, int *n);

struct lease;
// Takes the folder, in which state/ exists. NULL and ERR_BUSY where another run has it, with who that is; other errors
// where the file cannot be made. May watch the lease of another machine's run for half a minute, having said so.
// `before` becomes the record of the last run, where there is one (its process.pid is 0 otherwise); the caller's to
// free.
struct lease *lease_take(const char *folder, int part, int ranks, struct lease_record *before, struct err *e);
// The folder has another name now.
void lease_move(struct lease *l, const char *folder);
// Called every second while the run lasts, from any thread. -1: another run has taken the folder, because this one
// seemed dead; it must end at once.
int lease_beat(const struct lease *l);
// Says how the run ended, which gives the folder free, and frees. NULL-safe.
void lease_end(struct lease **l, const char *how);

// Whether a run that has not ended is alive: sees its file change within `patience` seconds where there is no better
// way. Any thread.
bool lease_is_alive(const char *path, const struct lease_record *r, double patience);
