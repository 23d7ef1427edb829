// A run's folder: made, taken for one run alone, tidied.
#pragma once

#include "presence/lease.h"
#include "trial/plan.h"

char *run_trial_path(const char *folder, const char *id);           // new memory
char *run_checkpoint_path(const char *folder, const char *lineage); // new memory
// Makes the folders that `folder` lies in, itself, and those in it.
int run_folder_make(const char *folder, struct err *e);

// World rank 0, before the run's first trial. Takes the folder (lease_take), or its own part of it; `fresh`: what is
// there gives way to a new one, x becomes x.1, or the next number that is free. Says where the run before was when it
// died, if it did, and removes what it left: beacons, temporaries. NULL and an error where the run must not begin.
struct lease *run_folder_take(const char *folder, int part, bool fresh, int ranks, struct err *e);
// At the end of a run: removes the checkpoints of trials that are finished, which one that was killed between a trial's
// last two steps has left.
void run_folder_drop_checkpoints(const char *folder, const struct plan *plan);
