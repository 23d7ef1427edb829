// How a run gets its ranks: by the launcher that started us, or by one that we start.
#pragma once

#include "base/err.h"
#include <stdbool.h>

int launch_cores(void); // that this process may use
// Becomes `mpirun -n ranks` of this very command where more than one rank is wanted and no launcher has started us;
// otherwise returns 0. `is_wish`: the user asked for that number; -1 and why where it cannot be had.
int launch_ranks(int ranks, bool is_wish, int threads, int argc, char **argv, struct err *e);
