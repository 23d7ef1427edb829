// A run's folder: created, taken for one run only, cleaned.
#pragma once

#include "presence/lease.h"
#include "trial/plan.h"

char *run_trial_path(const char *folder, const char *id); // new memory
// Returns the path of a trial's checkpoint in new memory. Trials that differ only in their epochs share one, unless
// they may run at the same time.
char *run_checkpoint_path(const char *folder, const struct plan_entry *entry);
// Returns the paths of other checkpoints that the trial may be able to resume from: those of trials that differ only in
// their epochs, most epochs first. Returns a list that ends with NULL, in new memory, as its items are.
char **run_related_checkpoints(const char *folder, const struct plan_entry *entry);
// Creates `folder`, its parents and the folders in it.
int run_folder_make(const char *folder, struct err *e);

// On world rank 0, before the run's first trial: takes the folder (lease_take), or one part of it. With `is_fresh`, an
// existing folder x is renamed to x.1, or to the next free number, and a new one takes its place. If the previous run
// died, reports where it was, and removes what it left: beacons and temporary files. Returns the lease, which the
// caller ends, or NULL and an error if the run must not begin.
struct lease *run_folder_take(const char *folder, int part, bool is_fresh, int ranks, struct err *e);
// At the end of a run: removes the checkpoints of finished trials. A trial leaves one if it is killed between its last
// two steps.
void run_folder_drop_checkpoints(const char *folder, const struct plan *plan);
