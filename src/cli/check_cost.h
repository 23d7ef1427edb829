// Estimates what an experiment costs: memory and time as measured on this machine, and suitable options of sbatch.
#pragma once

#include "trial/plan.h"

// The numbers that the user asks for. 0: those that `run` would choose.
struct cost_wish {
    int ranks, threads, ranks_per_trial;
};

// Trains the costliest trial of the plan for a fraction of a second, and prints the cost of all trials. If a launcher
// has started several ranks, measures nothing. Reports ranks that would have no work. Returns -1 and an error if the
// wish cannot be met. MPI must not have started.
int check_cost(const struct experiment *x, const struct plan *p, const struct cost_wish *wish, struct err *e);

// Returns the floating-point operations of all trials, including trials that results will choose. Sets *most to the
// operations of the costliest trial.
double check_operations(const struct plan *p, double *most);
