// A queue of work that world rank 0 hands out to the leaders of groups by plain messages.
#include "comm/queue.h"

#include "base/mem.h"
#include "comm/comm_mpi.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG_REQUEST = 1, TAG_ANSWER = 2 };

struct queue {
    MPI_Comm mpi;
    int rank;
    struct queue_policy policy;
    // of rank 0
    int left;    // leaders but rank 0 that have not been told that none is left
    int *asking; // (n_asking), owned: ranks that wait for an answer, in the order of their requests
    int n_asking;
    struct queue_bytes message; // what came or goes
};

void queue_bytes_add(struct queue_bytes *b, const void *data, size_t n)
{
    if (b->n + n > b->room) {
        b->room = 2 * (b->n + n);
        b->data = mem_grow(b->data, b->room, 1);
    }
    if (n > 0)
        memcpy(b->data + b->n, data, n);
    b->n += n;
}

struct queue *queue_new(const struct comm *world, int leaders, const struct queue_policy *policy)
{
    struct queue *q = mem_new(1, sizeof *q);
    *q = (struct queue){.mpi = comm_mpi(world), .rank = world->rank, .left = leaders - 1, .policy = *policy};
    q->asking = mem_new((size_t)leaders, sizeof *q->asking);
    return q;
}

// A message that has arrived, whatever its length, in the place of what `b` held. Returns who sent it.
static int receive(struct queue *q, MPI_Status *status, struct queue_bytes *b)
{
    int n;
    MPI_Get_count(status, MPI_BYTE, &n);
    b->n = 0;
    if ((size_t)n > b->room)
        b->data = mem_grow(b->data, b->room = (size_t)n, 1);
    MPI_Recv(b->data, n, MPI_BYTE, status->MPI_SOURCE, status->MPI_TAG, q->mpi, MPI_STATUS_IGNORE);
    b->n = (size_t)n;
    return status->MPI_SOURCE;
}

static bool arrived(struct queue *q, int source, int tag, MPI_Status *status)
{
    int is_there;
    MPI_Iprobe(source, tag, q->mpi, &is_there, status);
    return is_there;
}

// Other groups compute on these cores: who waits long looks less often.
static void rest(int *looks)
{
    if (++*looks > 100)
        nanosleep(&(struct timespec){.tv_nsec = *looks > 1000 ? 1000000 : 50000}, NULL);
}

static void take_requests(struct queue *q)
{
    MPI_Status status;
    while (q->left > q->n_asking && arrived(q, MPI_ANY_SOURCE, TAG_REQUEST, &status)) {
        q->asking[q->n_asking++] = receive(q, &status, &q->message);
        if (q->message.n > 0)
            q->policy.report(q->policy.context, q->message.data, q->message.n);
    }
}

// First come, first served. An answer without bytes: none is left.
static void answer_requests(struct queue *q)
{
    int answered = 0;
    for (; answered < q->n_asking; answered++) {
        q->message.n = 0;
        enum queue_verdict verdict = q->policy.next(q->policy.context, &q->message);
        if (verdict == QUEUE_WAIT)
            break;
        int n = verdict == QUEUE_WORK ? (int)q->message.n : 0;
        MPI_Send(q->message.data, n, MPI_BYTE, q->asking[answered], TAG_ANSWER, q->mpi);
        q->left -= verdict == QUEUE_END;
    }
    q->n_asking -= answered;
    memmove(q->asking, q->asking + answered, (size_t)q->n_asking * sizeof *q->asking);
}

void queue_serve(struct queue *q)
{
    if (q->rank != 0 || q->left == 0)
        return;
    take_requests(q);
    answer_requests(q);
}

static bool decide_own(struct queue *q, const void *report, size_t n, struct queue_bytes *work)
{
    if (n > 0)
        q->policy.report(q->policy.context, report, n);
    for (int looks = 0;; rest(&looks)) {
        queue_serve(q);
        work->n = 0;
        enum queue_verdict verdict = q->policy.next(q->policy.context, work);
        if (verdict != QUEUE_WAIT)
            return verdict == QUEUE_WORK;
    }
}

bool queue_next(struct queue *q, const void *report, size_t n, struct queue_bytes *work)
{
    MPI_Status status;
    if (q->rank == 0)
        return decide_own(q, report, n, work);
    MPI_Send(report, (int)n, MPI_BYTE, 0, TAG_REQUEST, q->mpi);
    for (int looks = 0; !arrived(q, 0, TAG_ANSWER, &status);)
        rest(&looks);
    receive(q, &status, work);
    return work->n > 0;
}

void queue_finish(struct queue **q)
{
    int looks = 0;
    for (; (*q)->rank == 0 && (*q)->left > 0; rest(&looks))
        queue_serve(*q);
    free((*q)->asking);
    free((*q)->message.data);
    free(*q);
    *q = NULL;
}
