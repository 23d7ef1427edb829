// The messages of the queue. A leader sends TAG_REQUEST to rank 0, with its report as the content. Rank 0 answers with
// TAG_ANSWER, which holds the next piece of work, or nothing if no work is left.
#include "comm/queue.h"

#include "base/mem.h"
#include "comm/comm_impl.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG_REQUEST = 1, TAG_ANSWER = 2 };

struct queue {
    MPI_Comm mpi; // borrowed
    int rank;
    struct queue_policy policy;
    // only on rank 0:
    int leaders;
    int left;    // leaders other than rank 0 that have not been sent the end of the work
    int *asking; // (n_asking <= leaders), owned: ranks that wait for an answer, in the order of their requests
    int n_asking;
    struct queue_bytes message; // the last message that was received or sent
};

void queue_bytes_add(struct queue_bytes *b, const void *data, size_t n)
{
    ASSERT(b->n <= b->capacity, "%zu of %zu", b->n, b->capacity);
    if (b->n + n > b->capacity) {
        b->capacity = 2 * (b->n + n);
        b->data = mem_grow(b->data, b->capacity, 1);
    }
    if (n > 0)
        memcpy(b->data + b->n, data, n);
    b->n += n;
}

struct queue *queue_new(const struct comm *world, int leaders, const struct queue_policy *policy)
{
    ASSERT(leaders > 0 && leaders <= world->size, "%d leaders of %d ranks", leaders, world->size);
    struct queue *q = mem_new(1, sizeof *q);
    *q = (struct queue){
        .mpi = comm_mpi(world), .rank = world->rank, .leaders = leaders, .left = leaders - 1, .policy = *policy};
    q->asking = mem_new((size_t)leaders, sizeof *q->asking);
    return q;
}

// Receives a message that has arrived, of any length, into `b`, and replaces the bytes there. Returns its sender.
static int receive_message(struct queue *q, MPI_Status *status, struct queue_bytes *b)
{
    int n;

    MPI_Get_count(status, MPI_BYTE, &n);
    ASSERT(n >= 0, "%d bytes", n);
    if ((size_t)n > b->capacity)
        b->data = mem_grow(b->data, b->capacity = (size_t)n, 1);
    MPI_Recv(b->data, n, MPI_BYTE, status->MPI_SOURCE, status->MPI_TAG, q->mpi, MPI_STATUS_IGNORE);
    b->n = (size_t)n;

    return status->MPI_SOURCE;
}

static bool has_arrived(struct queue *q, int source, int tag, MPI_Status *status)
{
    int is_there;
    MPI_Iprobe(source, tag, q->mpi, &is_there, status);
    return is_there;
}

// Waits between two polls for a message: not at all at first, and longer after many polls.
static void sleep_between_polls(int *polls)
{
    enum { EAGER = 100, PATIENT = 1000, SHORT = 50000, LONG = 1000000 }; // polls; nanoseconds
    if (++*polls > EAGER)
        nanosleep(&(struct timespec){.tv_nsec = *polls > PATIENT ? LONG : SHORT}, NULL);
}

// --- rank 0

static void take_requests(struct queue *q)
{
    MPI_Status status;

    while (q->left > q->n_asking && has_arrived(q, MPI_ANY_SOURCE, TAG_REQUEST, &status)) {
        ASSERT(q->n_asking < q->leaders, "%d leaders ask", q->n_asking);
        q->asking[q->n_asking++] = receive_message(q, &status, &q->message);
        if (q->message.n > 0)
            q->policy.report(q->policy.context, q->message.data, q->message.n);
    }
}

// Answers requests in the order in which they came, until the policy says QUEUE_WAIT.
static void answer_requests(struct queue *q)
{
    int answered = 0;

    for (; answered < q->n_asking; answered++) {
        q->message.n = 0;
        enum queue_verdict verdict = q->policy.next(q->policy.context, &q->message);
        if (verdict == QUEUE_WAIT)
            break;

        int n = verdict == QUEUE_WORK ? (int)q->message.n : 0;
        ASSERT((verdict == QUEUE_WORK) == (n > 0), "verdict %d with %d bytes", (int)verdict, n);
        MPI_Send(q->message.data, n, MPI_BYTE, q->asking[answered], TAG_ANSWER, q->mpi);
        q->left -= verdict == QUEUE_END;
    }

    q->n_asking -= answered;
    ASSERT(q->left >= q->n_asking, "%d ask, %d are left", q->n_asking, q->left);
    memmove(q->asking, q->asking + answered, (size_t)q->n_asking * sizeof *q->asking);
}

void queue_serve(struct queue *q)
{
    if (q->rank != 0 || q->left == 0)
        return;
    take_requests(q);
    answer_requests(q);
}

// Does the same as queue_next, on rank 0.
static bool next_of_own(struct queue *q, const void *report, size_t n, struct queue_bytes *work)
{
    enum queue_verdict verdict = QUEUE_WAIT;

    if (n > 0)
        q->policy.report(q->policy.context, report, n);
    for (int polls = 0; verdict == QUEUE_WAIT;) {
        queue_serve(q);
        work->n = 0;
        verdict = q->policy.next(q->policy.context, work);
        if (verdict == QUEUE_WAIT)
            sleep_between_polls(&polls);
    }

    return verdict == QUEUE_WORK;
}

// --- all leaders

bool queue_next(struct queue *q, const void *report, size_t n, struct queue_bytes *work)
{
    MPI_Status status;

    if (q->rank == 0)
        return next_of_own(q, report, n, work);

    MPI_Send(report, (int)n, MPI_BYTE, 0, TAG_REQUEST, q->mpi);
    for (int polls = 0; !has_arrived(q, 0, TAG_ANSWER, &status);)
        sleep_between_polls(&polls);
    receive_message(q, &status, work);

    return work->n > 0;
}

void queue_finish(struct queue **q)
{
    int polls = 0;

    while ((*q)->rank == 0 && (*q)->left > 0) {
        queue_serve(*q);
        sleep_between_polls(&polls);
    }

    free((*q)->asking);
    free((*q)->message.data);
    free(*q);
    *q = NULL;
}
