// Sums over ranks in the order of a binary tree, by vector halving and distance doubling.
//
// On the way down, a rank and its partner at distance 1, 2, 4, ... each keep one half of the stretch that they share: a
// rank sends the half that its partner keeps, and adds the half that it receives to its own. On the way back, the same
// partners exchange the finished halves. Distance 1 comes first, because its sums are the first level of the tree. a +
// b has the bits of b + a, so the halves of both partners agree.
//
// comm_tree_sum_aside does the same on a thread next to those that compute. It sends in parts and polls, because
// waiting inside MPI takes a core.
#include "comm/comm_impl.h"

#include <string.h>
#include <time.h>

#ifdef HOURGLASS_DOUBLE
#define MPI_REAL_TYPE MPI_DOUBLE
#else
#define MPI_REAL_TYPE MPI_FLOAT
#endif

enum { LEVELS_MAX = 32, POLL = 50000 }; // POLL: in ns; the socket buffers keep a gigabit link busy for that long

// A part of the vector.
struct span {
    size_t first, n;
};

static struct span half_of(struct span s, bool upper)
{
    size_t lower = s.n / 2;
    return upper ? (struct span){s.first + lower, s.n - lower} : (struct span){s.first, lower};
}

static void wait_aside(int n, MPI_Request *request, MPI_Status *status)
{
    for (int is_done = 0; !is_done;) {
        MPI_Testall(n, request, &is_done, status);
        if (!is_done)
            nanosleep(&(struct timespec){.tv_nsec = POLL}, NULL);
    }
}

// Over TCP, Open MPI asks the receiver before it sends more than 64 kB. The answer waits behind all data that the
// receiver is sending, so one direction of the link would idle until the other is done. Smaller parts are sent without
// asking.
enum { PART = 60000 / sizeof(real), PARTS = 64 };

static size_t part_of(size_t left)
{
    return left < PART ? left : PART;
}

static void exchange_parts(
    MPI_Comm comm, int partner, struct span send, struct span receive, const real *from, real *to)
{
    MPI_Request request[2 * PARTS];
    MPI_Status status[2 * PARTS]; // because GCC believes that MPICH's MPI_STATUSES_IGNORE is an array that is too small
    size_t sent = 0, received = 0;

    while (sent < send.n || received < receive.n) {
        int n = 0;
        for (int i = 0; i < PARTS && received < receive.n; i++) {
            size_t part = part_of(receive.n - received);
            MPI_Irecv(to + received, (int)part, MPI_REAL_TYPE, partner, 0, comm, &request[n++]);
            received += part;
        }
        for (int i = 0; i < PARTS && sent < send.n; i++) {
            size_t part = part_of(send.n - sent);
            MPI_Isend(from + send.first + sent, (int)part, MPI_REAL_TYPE, partner, 0, comm, &request[n++]);
            sent += part;
        }
        ASSERT(n <= 2 * PARTS, "%d requests", n);
        wait_aside(n, request, status);
    }
}

static void exchange_whole(
    MPI_Comm comm, int partner, struct span send, struct span receive, const real *from, real *to)
{
    MPI_Request request[2];
    MPI_Status status[2];
    MPI_Irecv(to, (int)receive.n, MPI_REAL_TYPE, partner, 0, comm, &request[0]);
    MPI_Isend(from + send.first, (int)send.n, MPI_REAL_TYPE, partner, 0, comm, &request[1]);
    MPI_Waitall(2, request, status);
}

// Sends `send` of the vector `from` to the partner, and receives `receive.n` numbers from it at `to`.
typedef void exchange_function(
    MPI_Comm comm, int partner, struct span send, struct span receive, const real *from, real *to);

static void add_vector(size_t n, real *restrict a, const real *restrict b)
{
    for (size_t i = 0; i < n; i++)
        a[i] += b[i];
}

static void tree_sum_over_ranks(const struct comm *comm, exchange_function *exchange, size_t n, real *v, real *scratch)
{
    ASSERT(comm->size > 0 && (comm->size & (comm->size - 1)) == 0, "%d ranks", comm->size);
    struct span kept[LEVELS_MAX] = {{0, n}};
    int level = 0;

    for (int distance = 1; distance < comm->size; distance *= 2, level++) {
        bool upper = comm->rank & distance;
        struct span mine = half_of(kept[level], upper), partners = half_of(kept[level], !upper);
        ASSERT(level + 1 < LEVELS_MAX && mine.n <= n / 2 + 1, "level %d, %zu numbers", level, mine.n);
        exchange(comm_mpi(comm), comm->rank ^ distance, partners, mine, v, scratch);
        add_vector(mine.n, v + mine.first, scratch);
        kept[level + 1] = mine;
    }

    for (int distance = comm->size / 2; distance > 0; distance /= 2, level--) {
        struct span mine = kept[level], partners = half_of(kept[level - 1], !(comm->rank & distance));
        exchange(comm_mpi(comm), comm->rank ^ distance, mine, partners, v, v + partners.first);
    }
}

void comm_tree_sum(const struct comm *comm, size_t n, real *v, real *scratch)
{
    tree_sum_over_ranks(comm, exchange_whole, n, v, scratch);
}

void comm_tree_sum_aside(const struct comm *comm, size_t n, real *v, real *scratch)
{
    tree_sum_over_ranks(comm, exchange_parts, n, v, scratch);
}
