// What a rank does just now, for whoever looks at the run's folder: state/rank-<part>-<rank>, replaced whole, never
// synced. Beacons go when their run ends; those of a run that died stay and say where it was.
#pragma once

#include "base/err.h"
#include "base/process.h"

struct beacon {
    struct process process;
    int64_t rank, leader; // the first of the ranks that train a trial together, whose beacon speaks for all
    char *trial;          // owned; "": none; a leader's, as all below
    double epoch;         // how far it is in the trial's epochs; beyond them: scoring
    int64_t epochs;
    double trial_seconds, seconds; // since it began the trial; since the run began, of this rank's own clock
    int64_t trials;                // done by its group
    double operations;             // expected cost of all that its group has done, the trial's part included
};
extern const struct field beacon_fields[]; // beside process_fields

char *beacon_path(const char *folder, int part, int64_t rank); // new memory
int beacon_write(const struct beacon *b, const char *path, struct err *e);
int beacon_read(const char *path, struct beacon *b, struct err *e); // to be freed in every case
void beacon_free(struct beacon *b);

// That of a rank, with its leader's trial.
int beacon_of_rank(const char *folder, int part, int64_t rank, struct beacon *b, struct err *e);

// All beacons of a part in order of rank, those that cannot be read left out: new memory.
struct beacon *beacon_list(const char *folder, int part, int *n);
void beacon_list_free(struct beacon **list, int n);
// Removes them.
void beacon_clear(const char *folder, int part);
// "rank 3 on host a (process 77), trial 0ab1b6f9 at epoch 2.3 of 30". Returns out.
char *beacon_describe(const struct beacon *b, char out[512]);
