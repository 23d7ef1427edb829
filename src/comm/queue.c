// Sends and receives the messages of the queue. A leader sends TAG_LEADER to rank 0: a message without content asks for
// work, one with content is a report. Rank 0 answers with TAG_ANSWER, which holds the next piece of work, or nothing if
// none is left.
//
// A leader asks for its first piece when it starts, and for the next one as soon as it has received one. So each leader
// has at most one request on its way and one answer that it has not read. Rank 0 keeps the bytes of that answer in
// struct leader. A leader learns that no work is left only when it has reported all its work, and then sends no more
// messages. So when all leaders know it, no message is on its way and the queue may be freed.
//
// No send blocks, because a blocking one can wait, at full speed, for a receiver that is busy. Waiting is polling with
// short sleeps instead of a blocking call: other groups compute on these cores, and waiting inside MPI would take one.
#include "comm/queue.h"

#include "base/mem.h"
#include "comm/comm_impl.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG_LEADER = 1, TAG_ANSWER = 2 };

// What rank 0 knows about each other leader.
struct leader {
    int out;                   // number of pieces that the leader was sent but has not reported: 0, 1 or 2
    bool asks;                 // the leader's request is not answered yet
    struct queue_bytes answer; // the last answer
    MPI_Request sending;       // the send of the answer
};

struct queue {
    MPI_Comm mpi; // borrowed
    int rank;
    struct queue_policy policy;
    struct queue_bytes message; // the last message that was received, or this leader's last report
    // only on rank 0:
    int ranks;
    int left;              // leaders other than rank 0 that have not been sent the end of the work
    int *asking;           // (n_asking <= ranks), owned: ranks that wait for an answer, in the order of their requests
    int n_asking;          // number of ranks in `asking`
    struct leader *leader; // (ranks), owned; by rank
    // only on the other leaders:
    bool has_asked;
    MPI_Request asking_now, reporting; // sends of the request and of the report
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
    *q = (struct queue){.mpi = comm_mpi(world),
        .rank = world->rank,
        .ranks = world->size,
        .left = leaders - 1,
        .policy = *policy,
        .asking_now = MPI_REQUEST_NULL,
        .reporting = MPI_REQUEST_NULL};
    if (q->rank != 0)
        return q;

    q->asking = mem_new((size_t)q->ranks, sizeof *q->asking);
    q->leader = mem_new((size_t)q->ranks, sizeof *q->leader);
    for (int i = 0; i < q->ranks; i++)
        q->leader[i].sending = MPI_REQUEST_NULL;
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
    static const struct {
        int polls;
        long nanoseconds;
    } steps[] = {{2000, 5000000}, {1000, 1000000}, {100, 50000}}; // many waiting ranks may share one core

    ++*polls;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (*polls > steps[i].polls) {
            nanosleep(&(struct timespec){.tv_nsec = steps[i].nanoseconds}, NULL);
            return;
        }
}

// Waits until a send has ended, after which its bytes may change.
static void finish_sending(MPI_Request *request)
{
    int has_ended;

    MPI_Test(request, &has_ended, MPI_STATUS_IGNORE);
    for (int polls = 0; !has_ended; MPI_Test(request, &has_ended, MPI_STATUS_IGNORE))
        sleep_between_polls(&polls);
}

// --- rank 0

static void take_messages(struct queue *q)
{
    MPI_Status status;

    while (has_arrived(q, MPI_ANY_SOURCE, TAG_LEADER, &status)) {
        int rank = receive_message(q, &status, &q->message);
        struct leader *l = &q->leader[rank];
        if (q->message.n > 0) {
            ASSERT(l->out > 0, "rank %d reports work that it has not got", rank);
            l->out--;
            q->policy.report(q->policy.context, q->message.data, q->message.n);
        } else {
            ASSERT(!l->asks && q->n_asking < q->left, "rank %d asks, %d of %d do", rank, q->n_asking, q->left);
            l->asks = true;
            q->asking[q->n_asking++] = rank;
        }
    }
}

// Answers a leader's request, unless it has to wait. Returns the verdict.
static enum queue_verdict answer_leader(struct queue *q, int rank)
{
    struct leader *l = &q->leader[rank];
    bool is_ahead = l->out > 0;

    finish_sending(&l->sending); // returns at once, because the leader read the last answer before it asked again
    l->answer.n = 0;
    enum queue_verdict verdict = q->policy.next(q->policy.context, is_ahead, &l->answer);
    if (verdict == QUEUE_WAIT || (verdict == QUEUE_END && is_ahead))
        return QUEUE_WAIT;

    int n = verdict == QUEUE_WORK ? (int)l->answer.n : 0;
    ASSERT((verdict == QUEUE_WORK) == (n > 0), "verdict %d with %d bytes", (int)verdict, n);
    MPI_Isend(l->answer.data, n, MPI_BYTE, rank, TAG_ANSWER, q->mpi, &l->sending);
    l->out += verdict == QUEUE_WORK;
    l->asks = false;
    q->left -= verdict == QUEUE_END;
    return verdict;
}

// Answers requests in the order in which they came. If `have_work`, answers only leaders that still have work.
// Otherwise answers only leaders that have none. Stops and returns false at a leader that has to wait.
static bool answer_those_asking(struct queue *q, bool have_work)
{
    int kept = 0;
    bool goes_on = true;

    for (int i = 0; i < q->n_asking; i++) {
        int rank = q->asking[i];
        bool is_meant = (q->leader[rank].out > 0) == have_work;
        if (goes_on && is_meant)
            goes_on = answer_leader(q, rank) != QUEUE_WAIT;
        if (q->leader[rank].asks)
            q->asking[kept++] = rank;
    }

    q->n_asking = kept;
    ASSERT(q->left >= q->n_asking, "%d ask, %d are left", q->n_asking, q->left);
    return goes_on;
}

void queue_serve(struct queue *q)
{
    if (q->rank != 0 || q->left == 0)
        return;
    take_messages(q);
    if (answer_those_asking(q, false))
        answer_those_asking(q, true);
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
        verdict = q->policy.next(q->policy.context, false, work);
        if (verdict == QUEUE_WAIT)
            sleep_between_polls(&polls);
    }

    return verdict == QUEUE_WORK;
}

// --- all leaders

static void send_request(struct queue *q)
{
    finish_sending(&q->asking_now);
    MPI_Isend(NULL, 0, MPI_BYTE, 0, TAG_LEADER, q->mpi, &q->asking_now);
    q->has_asked = true;
}

static void send_report(struct queue *q, const void *report, size_t n)
{
    finish_sending(&q->reporting);
    q->message.n = 0;
    queue_bytes_add(&q->message, report, n);
    MPI_Isend(q->message.data, (int)n, MPI_BYTE, 0, TAG_LEADER, q->mpi, &q->reporting);
}

bool queue_next(struct queue *q, const void *report, size_t n, struct queue_bytes *work)
{
    MPI_Status status;

    if (q->rank == 0)
        return next_of_own(q, report, n, work);

    if (n > 0)
        send_report(q, report, n);
    if (!q->has_asked)
        send_request(q);
    for (int polls = 0; !has_arrived(q, 0, TAG_ANSWER, &status);)
        sleep_between_polls(&polls);
    receive_message(q, &status, work);
    if (work->n > 0)
        send_request(q);

    return work->n > 0;
}

void queue_finish(struct queue **queue)
{
    struct queue *q = *queue;
    int polls = 0;

    while (q->rank == 0 && q->left > 0) {
        queue_serve(q);
        sleep_between_polls(&polls);
    }
    for (int i = 0; i < q->ranks && q->leader; i++) {
        finish_sending(&q->leader[i].sending);
        free(q->leader[i].answer.data);
    }
    finish_sending(&q->asking_now);
    finish_sending(&q->reporting);

    free(q->leader);
    free(q->asking);
    free(q->message.data);
    free(q);
    *queue = NULL;
}
