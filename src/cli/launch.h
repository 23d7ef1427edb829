// How a run gets its ranks: by the launcher that started us, or by one that we start.
#pragma once

#include "base/err.h"

int launch_cores(void); // that this process may use
// Becomes `mpirun -n ranks` of this very command where more than one rank is wished and no launcher has started us;
// otherwise returns. -1 and why it could not.
int launch_ranks(int ranks, int threads, int argc, char **argv, struct err *e);
