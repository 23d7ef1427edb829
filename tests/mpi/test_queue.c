// The queue of work: every piece handed out once, every report brought back, for any leader and any duration of work.
// links: comm base
// ranks: 4
#include "base/mem.h"
#include "comm/queue.h"
#include "mpi_check.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIECES = 1000 };

// What rank 0 knows.
struct pool {
    int given, pieces, out;
    int rung;        // after this many pieces work continues once all of them were reported; 0: never waits
    bool goes_ahead; // leaders get a piece while they work
    int ahead;       // requests of that kind
    int handed_out[PIECES], reported[PIECES], by_rank[4];
};

// A piece of work and the report on it: of a length that shows which one it is.
struct message {
    int work, rank;
    char fill[2 * PIECES];
};
enum { HEAD = offsetof(struct message, fill) };

static size_t message_fill(struct message *m, int work, int rank)
{
    *m = (struct message){.work = work, .rank = rank};
    memset(m->fill, 'a' + work % 26, sizeof m->fill);
    return HEAD + (size_t)work * 2;
}

static void message_check(const void *data, size_t n, struct message *m)
{
    struct message expected;
    memcpy(m, data, n);
    CHECK(n >= HEAD && n == message_fill(&expected, m->work, m->rank) && memcmp(m, &expected, n) == 0, "%d, %zu bytes",
        m->work, n);
}

static enum queue_verdict next(void *context, bool is_ahead, struct queue_bytes *work)
{
    struct pool *p = context;
    struct message m;
    if (is_ahead && !p->goes_ahead)
        return QUEUE_WAIT;
    p->ahead += is_ahead;
    if (p->given == p->pieces)
        return QUEUE_END;
    if (p->rung && p->given % p->rung == 0 && p->out > 0)
        return QUEUE_WAIT;
    int piece = p->pieces - 1 - p->given++;
    p->handed_out[piece]++;
    p->out++;
    CHECK(work->n == 0);
    queue_bytes_add(work, &m, message_fill(&m, piece, 0));
    return QUEUE_WORK;
}

static void receive(void *context, const void *report, size_t n)
{
    struct pool *p = context;
    struct message m;
    message_check(report, n, &m);
    p->reported[m.work]++;
    p->by_rank[m.rank]++;
    p->out--;
}

// Works until none is left. Slow ranks make others take more: by so much that a busy machine does not matter.
static void lead(const struct comm *world, struct queue *q, long nanoseconds)
{
    struct queue_bytes work = {0};
    struct message m;
    size_t n = 0;
    while (queue_next(q, &m, n, &work)) {
        message_check(work.data, work.n, &m);
        nanosleep(&(struct timespec){.tv_nsec = nanoseconds}, NULL);
        n = message_fill(&m, m.work, world->rank);
        queue_serve(q);
    }
    free(work.data);
}

// Every `each`-th rank leads a group; rank `slow` takes its time. With `goes_ahead`, leaders are given their next piece
// while they work.
static void check(const struct comm *world, int each, int pieces, int slow, int rung, bool goes_ahead)
{
    struct pool *pool = mem_new(1, sizeof *pool);
    pool->goes_ahead = goes_ahead;
    pool->pieces = pieces;
    pool->rung = rung;
    struct queue_policy policy = {next, receive, pool};
    if (world->rank % each == 0) {
        struct queue *q = queue_new(world, (world->size + each - 1) / each, &policy);
        lead(world, q, world->rank == slow ? 50000000 : 0);
        queue_finish(&q);
        CHECK(!q);
    }
    for (int i = 0; i < pieces && world->rank == 0; i++)
        CHECK(pool->handed_out[i] == 1 && pool->reported[i] == 1, "%d: %d, %d", i, pool->handed_out[i],
            pool->reported[i]);
    CHECK(world->rank == 0 || pool->given == 0); // the others decide nothing
    CHECK(world->rank != 0 || (pool->ahead > 0) == (goes_ahead && slow > 0), "%d", pool->ahead);
    if (world->rank == 0 && slow > 0 && pieces == PIECES)
        CHECK(pool->by_rank[slow] < PIECES / 4, "%d", pool->by_rank[slow]);
    free(pool);
    comm_barrier(world);
}

int main(void)
{
    struct comm world;
    struct err e = {0};
    if (comm_start(&world, 1, &e) < 0)
        return err_print(&e);
    CHECK(world.size == 4, "%d ranks", world.size);
    for (int each = 1; each <= 4; each *= 2) {
        check(&world, each, PIECES, -1, 0, false);
        check(&world, each, 0, -1, 0, false);
        check(&world, each, 1, -1, 0, false);
        check(&world, each, 3, 0, 0, false);
        check(&world, each, 3, 2, 0, false);
        for (int rung = 1; rung <= 5; rung += 2) { // of fewer, as many and more pieces than leaders
            check(&world, each, 30, 0, rung, false);
            check(&world, each, 30, 2, rung, false);
        }
    }
    check(&world, 1, PIECES, 1, 0, false);
    check(&world, 2, PIECES, 2, 0, false);
    check(&world, 1, PIECES, 1, 0, true);
    check(&world, 2, PIECES, 2, 0, true);
    check(&world, 1, 3, 2, 0, true);
    comm_stop(&world);
    return 0;
}
