// Beacons show what a rank is doing to anyone who looks at the run's folder. The file state/rank-<part>-<rank> is
// replaced as a whole and never synced. Beacons are removed when their run ends. If the run dies, they remain and show
// how far it was. lease.h says what <part> is.
#pragma once

#include "base/err.h"
#include "base/process.h"

struct beacon {
    struct process process;
    int64_t rank;
    int64_t leader;       // the first of the ranks that train a trial together; its beacon speaks for all of them
    char *trial;          // owned; id of the trial, "": none; only a leader sets this member and those below
    double epoch;         // finished epochs of the trial; equal to `epochs` while the trial is scored
    int64_t epochs;       // epochs that the trial has in all
    double trial_seconds; // since the rank began the trial
    double seconds;       // since the run began, by the clock of this rank
    int64_t trials;       // number of trials that this rank's group has finished
    double operations;    // expected cost of all work that its group has done, including the finished part of the trial
};
extern const struct field beacon_fields[]; // the file also has process_fields

// Returns the path of a rank's beacon in new memory.
char *beacon_path(const char *folder, int part, int64_t rank);
// Replaces the file at `path`. Returns 0, or -1 and an error.
int beacon_write(const struct beacon *b, const char *path, struct err *e);
// Reads the file at `path`. Returns 0, or -1 and an error. The caller frees *b in either case.
int beacon_read(const char *path, struct beacon *b, struct err *e);
void beacon_free(struct beacon *b);

// Does the same as beacon_read for the file of a rank. Takes the trial and its epochs from the beacon of the rank's
// leader, if that can be read.
int beacon_of_rank(const char *folder, int part, int64_t rank, struct beacon *b, struct err *e);

// Returns all readable beacons of a part in order of rank, in new memory, and sets *n to their number.
struct beacon *beacon_list(const char *folder, int part, int *n);
void beacon_list_free(struct beacon **list, int n);
// Removes all beacons of a part.
void beacon_clear(const char *folder, int part);
// Writes a description such as "rank 3 on host a (process 77), trial 0ab1b6f9 at epoch 2.3 of 30". Returns out.
char *beacon_describe(const struct beacon *b, char out[512]);
