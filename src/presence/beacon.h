// What a rank is doing, for anyone who looks at the run's folder: state/rank-<part>-<rank>, replaced whole and never
// synced. Beacons are removed when their run ends; those of a run that died remain and show where it was.
#pragma once

#include "base/err.h"
#include "base/process.h"

struct beacon {
    struct process process;
    int64_t rank;
    int64_t leader;       // the first of the ranks that train a trial together, whose beacon speaks for all of them
    char *trial;          // owned; its id, "": none; this and everything below is set only by a leader
    double epoch;         // epochs of the trial that are done; equal to `epochs` while it is scored
    int64_t epochs;       // that it has
    double trial_seconds; // since the rank began the trial
    double seconds;       // since the run began, by this rank's own clock
    int64_t trials;       // finished by its group
    double operations;    // expected for everything that its group has done, including its part of the trial
};
extern const struct field beacon_fields[]; // the file also has process_fields

// Returns the path of a rank's beacon in new memory.
char *beacon_path(const char *folder, int part, int64_t rank);
// Returns 0, or -1 and an error.
int beacon_write(const struct beacon *b, const char *path, struct err *e);
// Returns 0, or -1 and an error. The caller frees *b in either case.
int beacon_read(const char *path, struct beacon *b, struct err *e);
void beacon_free(struct beacon *b);

// Does the same as beacon_read, but sets the trial to that of the rank's leader.
int beacon_of_rank(const char *folder, int part, int64_t rank, struct beacon *b, struct err *e);

// Returns all readable beacons of a part in order of rank, in new memory, and sets *n to their number.
struct beacon *beacon_list(const char *folder, int part, int *n);
void beacon_list_free(struct beacon **list, int n);
// Removes all beacons of a part.
void beacon_clear(const char *folder, int part);
// Writes "rank 3 on host a (process 77), trial 0ab1b6f9 at epoch 2.3 of 30" and returns out.
char *beacon_describe(const struct beacon *b, char out[512]);
