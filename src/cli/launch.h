// How a run gets its ranks: by the launcher that started us, or by one that we start.
#pragma once

#include "base/err.h"
#include "comm/launcher.h"
#include <stdbool.h>
#include <stdint.h>

int launch_cores(void); // that this process may use
// Returns how many threads each of that many ranks on this node can have: OMP_NUM_THREADS, or its share of the cores.
int launch_threads(int local_ranks);
// Returns the number of ranks: `ranks`, or if that is 0, as many as there are trials, each with cores of its own for
// its threads.
int launch_wanted(int ranks, int threads, int ranks_per_trial, int64_t trials);
struct launch {
    int ranks, threads;
    bool is_wish;     // the user asked for that number of ranks
    bool reads_input; // rank 0 reads standard input
    int argc;
    char **argv;        // of this command
    const char *folder; // of a run, whose beacons name a rank that dies; NULL: no run
};
// Starts the launcher of this program's MPI (comm/launcher.h) with this very command if more than one rank is wanted
// and no launcher has started us, and ends this process with the exit code of the ranks (supervise.h). Otherwise, and
// if the ranks were not a wish and cannot be started, returns 0. Returns -1 and the reason if a wish cannot be met.
int launch_ranks(const struct launch *l, struct err *e);
// Sets what a launcher has to know when we start it with that many threads in all. The user's own settings stay.
void launch_environment(const struct launcher *l, int workers);

// Prints the errors of a command that several ranks may run, on rank 0 only: a launcher ends the job, and loses its
// messages, at the first rank whose exit code is not 0. Returns the exit code of this rank: 0 if it prints nothing.
int launch_print_errors(const struct err *e);
