// The sum over ranks in the order of a binary tree, by vector halving and distance doubling.
#include "comm/comm_mpi.h"

#include <string.h>

#ifdef HOURGLASS_DOUBLE
#define MPI_REAL_TYPE MPI_DOUBLE
#else
#define MPI_REAL_TYPE MPI_FLOAT
#endif

// The stretch of the vector that a rank works on; each step of distance d keeps one half of it.
struct stretch {
    size_t first, n;
};

static struct stretch half_of(struct stretch s, bool upper)
{
    size_t lower = s.n / 2;
    return upper ? (struct stretch){s.first + lower, s.n - lower} : (struct stretch){s.first, lower};
}

static void exchange(
    const struct comm *comm, int partner, struct stretch send, struct stretch receive, const real *from, real *to)
{
    MPI_Sendrecv(from + send.first, (int)send.n, MPI_REAL_TYPE, partner, 0, to, (int)receive.n, MPI_REAL_TYPE, partner,
        0, comm_mpi(comm), MPI_STATUS_IGNORE);
}

static void add(size_t n, real *restrict a, const real *restrict b)
{
    for (size_t i = 0; i < n; i++)
        a[i] += b[i];
}

// Distance 1 comes first: its sums are the tree's first level. a + b has the bits of b + a, so both partners' halves
// agree.
void comm_tree_sum(const struct comm *comm, size_t n, real *v, real *room)
{
    ASSERT((comm->size & (comm->size - 1)) == 0, "%d ranks", comm->size);
    struct stretch kept[32] = {{0, n}};
    int level = 0;
    for (int distance = 1; distance < comm->size; distance *= 2, level++) {
        bool upper = comm->rank & distance;
        struct stretch mine = half_of(kept[level], upper), theirs = half_of(kept[level], !upper);
        exchange(comm, comm->rank ^ distance, theirs, mine, v, room);
        add(mine.n, v + mine.first, room);
        kept[level + 1] = mine;
    }
    for (int distance = comm->size / 2; distance > 0; distance /= 2, level--) {
        struct stretch mine = kept[level], theirs = half_of(kept[level - 1], !(comm->rank & distance));
        exchange(comm, comm->rank ^ distance, mine, theirs, v, v + theirs.first);
    }
}
