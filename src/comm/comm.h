// Groups of ranks: what MPI lacks for us (agreement on errors, sums in a fixed order, a queue of work), and nothing
// that it has. The one door to MPI; comm_mpi.h lets store/ reach the communicator inside.
//
// A communicator is always a parameter. Functions that communicate begin with "Collective".
#pragma once

#include "base/err.h"
#include "base/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct comm {
    int rank, size;
    struct comm_handle *handle; // owned
};

// Starts MPI and gives the world. Sets, unless the user did, the cure for Open MPI's file corruption and, when
// `threads` x the ranks of this node exceed its cores, that waiting ranks yield. -1 and an error when a launcher
// started several processes that each believe to be alone (srun without PMIx).
int comm_start(struct comm *world, int threads, struct err *e);
// Collective. Ends MPI, if it was started.
void comm_stop(struct comm *world);
// Ends the whole job at once with an exit code: for an error that only this rank knows of, where the others may be
// waiting.
_Noreturn void comm_abort(int code);

// Before MPI is started: the ranks and this process's number that a launcher (mpirun, srun) announced; 1 and 0 without
// one.
int comm_launched_size(void);
int comm_launched_rank(void);
bool comm_has_launcher(void); // whether one has started this process, be it alone

const char *comm_library(void); // "Open MPI 4.1.4"; works before MPI starts
bool comm_is_over(void);        // whether MPI has started and ended

// Collective over `from`. The ranks of equal color form a group, in the order of their ranks.
void comm_split(const struct comm *from, int color, struct comm *group);
// Collective over comm, except for the world.
void comm_free(struct comm *comm);

// Collective. `e` of all ranks becomes the same: the messages of every rank that has some, in the order of ranks, equal
// ones once. Returns 0 when there are none, else -1. Where comm_start has failed there is nobody to agree with.
int comm_agree(const struct comm *comm, struct err *e);
// Collective. Bytes of rank `root` to all.
void comm_broadcast(const struct comm *comm, int root, void *data, size_t bytes);
// Collective.
void comm_barrier(const struct comm *comm);
// Collective. How many ranks of comm share this rank's node.
int comm_local_size(const struct comm *comm);
// Collective. The largest value of all ranks; the sum of all.
double comm_max(const struct comm *comm, double value);
double comm_sum(const struct comm *comm, double value);

// Collective. Sums v (n) over all ranks, in place, in the order of a binary tree over the ranks: ((0 + 1) + (2 + 3)) +
// ..., the same bits on every rank and the continuation of a tree inside the ranks. The size must be a power of two. By
// vector halving and distance doubling, then back (R. Rabenseifner 2004, "Optimization of collective reduction
// operations"): each rank sends less than two vectors. room (n / 2 + 1) is scratch.
void comm_tree_sum(const struct comm *comm, size_t n, real *v, real *room);
// The same on a thread beside those that compute, from which it takes as little time as it can. No other thread may
// call anything of this header meanwhile; comm_threads_take_turns says whether MPI allows that much.
void comm_tree_sum_aside(const struct comm *comm, size_t n, real *v, real *room);
bool comm_threads_take_turns(void);

// Collective. Every element is set on one rank and all bits zero on the others; afterwards it is set on all (all) or on
// rank 0 (to_root). Exact: bits are joined, not numbers added.
void comm_join_all(const struct comm *comm, void *data, size_t bytes);
void comm_join_to_root(const struct comm *comm, void *data, size_t bytes);
