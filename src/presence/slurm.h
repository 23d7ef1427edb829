// What Slurm knows of a job.
#pragma once

#include <stdbool.h>

// True only where this cluster's Slurm says that the job has ended or that it knows none of that number any more.
// `cluster`, `job`: of that job; NULL: none.
bool slurm_has_ended(const char *cluster, const char *job);
// The energy that this job's step has used so far, in joules; NaN where Slurm does not measure it. Asks Slurm, which
// takes a moment, but not again where it once had no answer.
double slurm_energy(void);
