// Creates a run's folder, takes it for one run only, and cleans it.
#pragma once

#include "presence/lease.h"
#include "trial/plan.h"

char *run_trial_path(const char *folder, const char *id); // returns new memory
// Returns the path of a trial's checkpoint in new memory. Every trial has its own, also if it differs from another only
// in its epochs: another experiment can use the folder later, and must not replace or remove what it can resume from.
char *run_checkpoint_path(const char *folder, const struct plan_entry *entry);
// Returns the paths of other checkpoints from which the trial may be able to resume: those of trials that differ only
// in their epochs, most epochs first. The list ends with NULL. The caller frees the list and its items.
char **run_related_checkpoints(const char *folder, const struct plan_entry *entry);
// Creates `folder`, its parents and the folders in it.
int run_folder_make(const char *folder, struct err *e);

// Takes the folder (lease_take), or one part of it. Called on world rank 0 before the run's first trial. With
// `is_fresh`, an existing folder x is renamed to x.1, or to the next free number, and a new one takes its place. If the
// previous run died, reports what it was doing. Removes what earlier runs left: beacons and temporary files. Returns
// the lease, which the caller ends, or NULL and an error if the run must not begin.
struct lease *run_folder_take(const char *folder, int part, bool is_fresh, int ranks, struct err *e);
// Removes the checkpoints of finished trials, at the end of a run. A finished trial has one if it was killed after it
// had written its result and before it removed its checkpoint.
void run_folder_drop_checkpoints(const char *folder, const struct plan *plan);
