// Gives a run its ranks, by the launcher that started us or by one that we start.
#pragma once

#include "base/err.h"
#include "comm/launcher.h"
#include <stdbool.h>
#include <stdint.h>

int launch_cores(void); // returns the number of cores that this process may use
// Returns the number of threads per rank if `local_ranks` ranks run on this node: OMP_NUM_THREADS, or a rank's share of
// the cores.
int launch_threads(int local_ranks);
// Returns the number of ranks: `ranks` if it is not 0. Otherwise there are enough for all trials at once. If the cores
// are not enough for all threads of these ranks, there are enough for fewer trials, but at least for one.
int launch_wanted(int ranks, int threads, int ranks_per_trial, int64_t trials);
struct launch {
    int ranks, threads;
    bool is_wish;     // the user has given the number of ranks
    bool reads_input; // rank 0 reads standard input
    int argc;
    char **argv;        // arguments of this command
    const char *folder; // folder of a run; its beacons tell what a rank was doing when it died; NULL: no run
};
// If more than one rank is needed and no launcher has started us, starts the launcher of this program's MPI
// (comm/launcher.h) with this same command, and ends this process with the exit code of the ranks (supervise.h).
// Otherwise returns 0, also if the ranks cannot be started and the user has not asked for them. Returns -1 and the
// reason if the user's number of ranks cannot be started.
int launch_ranks(const struct launch *l, struct err *e);
// Sets the variables that a launcher needs when we start it with `workers` threads in all. Does not change variables
// that the user set.
void launch_environment(const struct launcher *l, int workers);

// Prints the errors of a command, which may run on several ranks, on rank 0 only. Returns the exit code of this rank,
// which is 0 on the other ranks: if one of them ended with another code first, the launcher would end the job, and the
// messages of rank 0 would be lost.
int launch_print_errors(const struct err *e);
