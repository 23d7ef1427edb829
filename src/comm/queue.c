// A queue of work that world rank 0 hands out to the leaders of groups by plain messages.
#include "comm/queue.h"

#include "base/mem.h"
#include "comm/comm_mpi.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TAG_REQUEST = 1, TAG_ANSWER = 2 };

struct request {
    int work;
    char report[QUEUE_REPORT_BYTES];
};

struct queue {
    MPI_Comm mpi;
    int rank;
    int waiting; // leaders but rank 0 that have not been told that none is left
    struct queue_policy policy;
};

struct queue *queue_new(const struct comm *world, int leaders, const struct queue_policy *policy)
{
    struct queue *q = mem_new(1, sizeof *q);
    *q = (struct queue){.mpi = comm_mpi(world), .rank = world->rank, .waiting = leaders - 1, .policy = *policy};
    return q;
}

static int decide(struct queue *q, int work, const void *report)
{
    if (work >= 0)
        q->policy.report(q->policy.context, work, report);
    return q->policy.next(q->policy.context);
}

static void answer_one(struct queue *q, int source)
{
    struct request request;
    MPI_Recv(&request, sizeof request, MPI_BYTE, source, TAG_REQUEST, q->mpi, MPI_STATUS_IGNORE);
    int next = decide(q, request.work, request.report);
    MPI_Send(&next, 1, MPI_INT, source, TAG_ANSWER, q->mpi);
    q->waiting -= next < 0;
}

void queue_serve(struct queue *q)
{
    for (int is_there = 1; q->rank == 0 && q->waiting > 0 && is_there;) {
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, TAG_REQUEST, q->mpi, &is_there, &status);
        if (is_there)
            answer_one(q, status.MPI_SOURCE);
    }
}

int queue_next(struct queue *q, int work, const void *report)
{
    if (q->rank == 0) {
        queue_serve(q);
        return decide(q, work, report);
    }
    struct request request = {.work = work};
    if (report)
        memcpy(request.report, report, QUEUE_REPORT_BYTES);
    int next;
    MPI_Sendrecv(&request, sizeof request, MPI_BYTE, 0, TAG_REQUEST, &next, 1, MPI_INT, 0, TAG_ANSWER, q->mpi,
        MPI_STATUS_IGNORE);
    return next;
}

void queue_finish(struct queue **q)
{
    while ((*q)->rank == 0 && (*q)->waiting > 0) {
        queue_serve(*q);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); // other groups compute on these cores
    }
    free(*q);
    *q = NULL;
}
