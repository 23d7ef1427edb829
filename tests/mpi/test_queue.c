// The queue of work: every piece handed out once, every report brought back, whoever leads and however long work takes.
// links: comm base
// ranks: 4
#include "base/mem.h"
#include "comm/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK(c, ...)                                                            \
    do {                                                                         \
        if (!(c)) {                                                              \
            fprintf(stderr, "%s:%d: %s does not hold ", __FILE__, __LINE__, #c); \
            fprintf(stderr, " " __VA_ARGS__);                                    \
            fputc('\n', stderr);                                                 \
            comm_abort(1);                                                       \
        }                                                                        \
    } while (0)

enum { PIECES = 1000 };

// What rank 0 knows.
struct pool {
    int given, pieces;
    int handed_out[PIECES], reported[PIECES], by_rank[4];
};

struct report {
    int work, rank;
    char fill[QUEUE_REPORT_BYTES - 2 * sizeof(int)];
};

static int next(void *context)
{
    struct pool *p = context;
    if (p->given == p->pieces)
        return -1;
    p->handed_out[p->pieces - 1 - p->given]++;
    return p->pieces - 1 - p->given++;
}

static void receive(void *context, int work, const void *report)
{
    struct pool *p = context;
    const struct report *r = report;
    CHECK(r->work == work && r->fill[0] == 'a' + work % 26 && r->fill[sizeof r->fill - 1] == 'z');
    p->reported[work]++;
    p->by_rank[r->rank]++;
}

// Works until none is left. Slow ranks make others take more.
static void lead(const struct comm *world, struct queue *q, long nanoseconds)
{
    struct report report = {0};
    for (int work = queue_next(q, -1, NULL); work >= 0; work = queue_next(q, work, &report)) {
        nanosleep(&(struct timespec){.tv_nsec = nanoseconds}, NULL);
        report.work = work;
        report.rank = world->rank;
        memset(report.fill, 'a' + work % 26, sizeof report.fill);
        report.fill[sizeof report.fill - 1] = 'z';
        queue_serve(q);
    }
}

// Every `each`-th rank leads a group; rank `slow` takes its time.
static void check(const struct comm *world, int each, int pieces, int slow)
{
    struct pool *pool = mem_new(1, sizeof *pool);
    pool->pieces = pieces;
    struct queue_policy policy = {next, receive, pool};
    if (world->rank % each == 0) {
        struct queue *q = queue_new(world, (world->size + each - 1) / each, &policy);
        lead(world, q, world->rank == slow ? 3000000 : 0);
        queue_finish(&q);
        CHECK(!q);
    }
    for (int i = 0; i < pieces && world->rank == 0; i++)
        CHECK(pool->handed_out[i] == 1 && pool->reported[i] == 1, "%d: %d, %d", i, pool->handed_out[i],
            pool->reported[i]);
    CHECK(world->rank == 0 || pool->given == 0); // the others decide nothing
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
        check(&world, each, PIECES, -1);
        check(&world, each, 0, -1);
        check(&world, each, 1, -1);
        check(&world, each, 3, 0);
        check(&world, each, 3, 2);
    }
    check(&world, 1, PIECES, 1);
    check(&world, 2, PIECES, 2);
    comm_stop(&world);
    return 0;
}
