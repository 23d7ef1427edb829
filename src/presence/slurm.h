// Asks Slurm about a job.
#pragma once

#include <stdbool.h>

// Returns true only if this cluster's Slurm reports that the job has ended, or no longer knows the job. `cluster` is
// the job's cluster and `job` its number; NULL: none.
bool slurm_has_ended(const char *cluster, const char *job);
// Returns the energy that this job's step has used so far, in joules; NaN if Slurm does not measure it. Asks Slurm,
// which takes a moment. After one failure it returns NaN without asking again.
double slurm_energy(void);
