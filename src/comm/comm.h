// Communicates between ranks. Offers functions that MPI does not have (agreement on errors, sums in a fixed order) and
// those functions of MPI that we use. Other modules use MPI only through this module.
//
// A communicator is always a parameter. The comment on a function that communicates begins with "Collective": every
// rank of the communicator must call it. MPI itself ends the job if it fails, so these functions report no errors.
#pragma once

#include "base/err.h"
#include "base/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct comm {
    int rank, size;
    struct comm_handle *handle; // owned; NULL before comm_start and after comm_stop or comm_free
};

// Starts MPI and sets `world`. Before that, sets variables of Open MPI that the user did not set. For example, waiting
// ranks yield if the ranks of this node times `threads` exceed its cores. Returns -1 and an error if MPI does not
// start, or if a launcher started several processes and each believes that it is the only one (srun without PMIx). Call
// comm_stop in either case.
int comm_start(struct comm *world, int threads, struct err *e);
// Collective. Ends MPI if it was started.
void comm_stop(struct comm *world);
// Ends the whole job at once with an exit code. Call it for an error that only this rank knows, while other ranks may
// be waiting for it.
_Noreturn void comm_abort(int code);

// These work before MPI starts. The launcher (mpirun, srun) announces the number of ranks and the rank of this process;
// without a launcher these are 1 and 0.
int comm_launched_size(void);
int comm_launched_rank(void);
bool comm_has_launcher(void); // true if a launcher that MPI knows started this process, even if it started no other

bool comm_is_over(void); // true if MPI was started and has ended

// Collective over `from`. Ranks with the same color form a group, in the order of their ranks. Free it with comm_free.
void comm_split(const struct comm *from, int color, struct comm *group);
// Collective over comm, which must not be the world. Frees the group.
void comm_free(struct comm *comm);

// Collective. Gives `e` on all ranks the messages of all ranks, in the order of ranks and each message only once.
// Returns 0 if there are none, else -1. If comm_start failed, so that comm has no communicator, considers only this
// rank.
int comm_agree(const struct comm *comm, struct err *e);
// Collective. Copies the bytes of rank `root` to all ranks. Does nothing without a communicator: then there are no
// other ranks.
void comm_broadcast(const struct comm *comm, int root, void *data, size_t bytes);
// Collective. Returns when all ranks have called it.
void comm_barrier(const struct comm *comm);
// Collective at the first call. Returns the number of ranks of comm on this rank's node.
int comm_local_size(const struct comm *comm);
// Collective. comm_max returns the largest value of all ranks, comm_sum the sum of their values. Without a
// communicator, both return the value.
double comm_max(const struct comm *comm, double value);
double comm_sum(const struct comm *comm, double value);

// Collective. Sums v (n) over all ranks, in place, in the order of a binary tree over the ranks, ((0 + 1) + (2 + 3))
// and so on. This tree continues the one by which each rank added its own values. The result has the same bits on every
// rank. The number of ranks must be a power of two. scratch (n / 2 + 1) is working space. The method is vector halving
// and distance doubling, then the reverse (R. Rabenseifner 2004, "Optimization of collective reduction operations").
// Each rank sends less than twice the vector.
void comm_tree_sum(const struct comm *comm, size_t n, real *v, real *scratch);
// Does the same as comm_tree_sum on a thread that runs next to computing threads, and takes as little of their time as
// possible. Meanwhile no other thread may call a function of this header. comm_threads_take_turns returns true if MPI
// permits this.
void comm_tree_sum_aside(const struct comm *comm, size_t n, real *v, real *scratch);
bool comm_threads_take_turns(void);

// Collective. Each element is set on one rank, and its bits are zero on the other ranks. Afterwards it is set on all
// ranks (comm_join_all) or on rank 0 (comm_join_to_root). This is exact, because it joins bits and does not add
// numbers.
void comm_join_all(const struct comm *comm, void *data, size_t bytes);
void comm_join_to_root(const struct comm *comm, void *data, size_t bytes);
