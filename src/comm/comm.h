// Groups of ranks: what MPI does not offer us (agreement on errors, sums in a fixed order, a queue of work), and
// nothing that it does. The one door to MPI.
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

// Starts MPI and sets `world`. Before that, sets variables of Open MPI that the user did not set: if `threads` x the
// ranks of this node exceed its cores, the one that makes waiting ranks yield. Returns -1 with an error if MPI does not
// start, or if a launcher started several processes of which each believes it is the only one (srun without PMIx). Call
// comm_stop in either case.
int comm_start(struct comm *world, int threads, struct err *e);
// Collective. Ends MPI if it was started.
void comm_stop(struct comm *world);
// Ends the whole job at once with an exit code. For an error that only this rank knows of, while the others may wait.
_Noreturn void comm_abort(int code);

// These work before MPI starts. The launcher (mpirun, srun) announces the number of ranks and this process's rank;
// without a launcher they are 1 and 0.
int comm_launched_size(void);
int comm_launched_rank(void);
bool comm_has_launcher(void); // whether a launcher that MPI knows started this process, even if it is the only one

bool comm_is_over(void); // whether MPI has started and ended

// Collective over `from`. The ranks of equal color form a group, in the order of their ranks. Free it with comm_free.
void comm_split(const struct comm *from, int color, struct comm *group);
// Collective over comm, which must not be the world.
void comm_free(struct comm *comm);

// Collective. Makes `e` the same on all ranks: the messages of all ranks in the order of ranks, equal ones once.
// Returns 0 if there are none, else -1. Without a communicator, because comm_start failed, returns the same for this
// rank only.
int comm_agree(const struct comm *comm, struct err *e);
// Collective. Copies the bytes of rank `root` to all ranks.
void comm_broadcast(const struct comm *comm, int root, void *data, size_t bytes);
// Collective.
void comm_barrier(const struct comm *comm);
// Collective. Returns the number of ranks of comm on this rank's node.
int comm_local_size(const struct comm *comm);
// Collective. Return the largest value of all ranks, and their sum.
double comm_max(const struct comm *comm, double value);
double comm_sum(const struct comm *comm, double value);

// Collective. Sums v (n) over all ranks, in place, in the order of a binary tree over the ranks: ((0 + 1) + (2 + 3)) +
// ... This gives the same bits on every rank, and continues a tree inside the ranks. The number of ranks must be a
// power of two. scratch (n / 2 + 1) is working space. The method is vector halving and distance doubling, then back (R.
// Rabenseifner 2004, "Optimization of collective reduction operations"), so each rank sends less than two vectors.
void comm_tree_sum(const struct comm *comm, size_t n, real *v, real *scratch);
// The same on a thread next to those that compute, which takes as little of their time as it can. Meanwhile no other
// thread may call a function of this header. comm_threads_take_turns returns whether MPI permits that.
void comm_tree_sum_aside(const struct comm *comm, size_t n, real *v, real *scratch);
bool comm_threads_take_turns(void);

// Collective. Every element is set on one rank, and its bits are zero on the others; afterwards it is set on all ranks
// (all) or on rank 0 (to_root). Exact, because bits are joined and numbers are not added.
void comm_join_all(const struct comm *comm, void *data, size_t bytes);
void comm_join_to_root(const struct comm *comm, void *data, size_t bytes);
