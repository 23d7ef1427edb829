// What Slurm knows of a job.
#pragma once

#include <stdbool.h>

// Returns true only if this cluster's Slurm reports that the job has ended, or does not know its number any more.
// `cluster` and `job` are those of the job; NULL: none.
bool slurm_has_ended(const char *cluster, const char *job);
// Returns the energy that this job's step has used so far, in joules; NaN if Slurm does not measure it. Asks Slurm,
// which takes a moment, but never again once it had no answer.
double slurm_energy(void);
