// The sum over ranks in the order of a binary tree, by vector halving and distance doubling.
#include "comm/comm_mpi.h"

#include <string.h>
#include <time.h>

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

// MPI's own waiting takes a core. A thread beside those that compute looks every now and then instead: often enough to
// keep a gigabit link busy from the buffers of its sockets.
static void wait_aside(int n, MPI_Request *request, MPI_Status *status)
{
    for (int is_done = 0; !is_done;) {
        MPI_Testall(n, request, &is_done, status);
        if (!is_done)
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    }
}

struct sum {
    const struct comm *comm;
    bool is_aside;
};

// Over TCP Open MPI asks before it sends more than 64 kB, and the answer waits behind all that its sender has under way
// itself: one direction of the link would rest until the other has done. Smaller parts go unasked.
enum { PART = 60000 / sizeof(real), PARTS = 64 };
static void exchange_parts(
    MPI_Comm comm, int partner, struct stretch send, struct stretch receive, const real *from, real *to)
{
    MPI_Request request[2 * PARTS];
    MPI_Status status[2 * PARTS]; // GCC takes MPICH's constant for "none" for an array that is too small
    size_t sent = 0, received = 0;
    while (sent < send.n || received < receive.n) {
        int n = 0;
        for (int i = 0; i < PARTS && received < receive.n; i++) {
            size_t part = receive.n - received < PART ? receive.n - received : PART;
            MPI_Irecv(to + received, (int)part, MPI_REAL_TYPE, partner, 0, comm, &request[n++]);
            received += part;
        }
        for (int i = 0; i < PARTS && sent < send.n; i++) {
            size_t part = send.n - sent < PART ? send.n - sent : PART;
            MPI_Isend(from + send.first + sent, (int)part, MPI_REAL_TYPE, partner, 0, comm, &request[n++]);
            sent += part;
        }
        wait_aside(n, request, status);
    }
}

static void exchange(
    const struct sum *s, int partner, struct stretch send, struct stretch receive, const real *from, real *to)
{
    MPI_Request request[2];
    MPI_Status status[2];
    if (s->is_aside) {
        exchange_parts(comm_mpi(s->comm), partner, send, receive, from, to);
        return;
    }
    MPI_Irecv(to, (int)receive.n, MPI_REAL_TYPE, partner, 0, comm_mpi(s->comm), &request[0]);
    MPI_Isend(from + send.first, (int)send.n, MPI_REAL_TYPE, partner, 0, comm_mpi(s->comm), &request[1]);
    MPI_Waitall(2, request, status);
}

static void add(size_t n, real *restrict a, const real *restrict b)
{
    for (size_t i = 0; i < n; i++)
        a[i] += b[i];
}

// Distance 1 comes first: its sums are the tree's first level. a + b has the bits of b + a, so both partners' halves
// agree.
static void tree_sum(const struct sum *s, size_t n, real *v, real *room)
{
    const struct comm *comm = s->comm;
    ASSERT((comm->size & (comm->size - 1)) == 0, "%d ranks", comm->size);
    struct stretch kept[32] = {{0, n}};
    int level = 0;
    for (int distance = 1; distance < comm->size; distance *= 2, level++) {
        bool upper = comm->rank & distance;
        struct stretch mine = half_of(kept[level], upper), theirs = half_of(kept[level], !upper);
        exchange(s, comm->rank ^ distance, theirs, mine, v, room);
        add(mine.n, v + mine.first, room);
        kept[level + 1] = mine;
    }
    for (int distance = comm->size / 2; distance > 0; distance /= 2, level--) {
        struct stretch mine = kept[level], theirs = half_of(kept[level - 1], !(comm->rank & distance));
        exchange(s, comm->rank ^ distance, mine, theirs, v, v + theirs.first);
    }
}

void comm_tree_sum(const struct comm *comm, size_t n, real *v, real *room)
{
    tree_sum(&(struct sum){comm, false}, n, v, room);
}

void comm_tree_sum_aside(const struct comm *comm, size_t n, real *v, real *room)
{
    tree_sum(&(struct sum){comm, true}, n, v, room);
}
