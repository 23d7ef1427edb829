// A queue of work that world rank 0 hands out to the leaders of groups by plain messages. Rank 0 works too: it answers
// whenever it calls queue_serve, between its batches. The caller decides what comes next (struct queue_policy); this
// file only carries it.
//
// Work and reports are bytes of any length, so that only those who do a piece of work need to know what it is.
#pragma once

#include "comm/comm.h"

// Bytes that grow as needed. Zero it to start; free(data).
struct queue_bytes {
    char *data; // owned
    size_t n, capacity;
};
void queue_bytes_add(struct queue_bytes *b, const void *data, size_t n);

enum queue_verdict {
    QUEUE_WORK, // here is work
    QUEUE_WAIT, // there may be some after the next report
    QUEUE_END   // none is left
};

// What rank 0 decides. Only rank 0 calls these, one at a time. Every piece of work that is handed out is reported.
struct queue_policy {
    enum queue_verdict (*next)(void *context, struct queue_bytes *work); // adds the bytes of QUEUE_WORK to empty `work`
    void (*report)(void *context, const void *report, size_t n);         // of a leader, on finished work
    void *context;                                                       // borrowed
};

struct queue;

// Returns this rank's end of the queue, on rank 0 and on every leader of a group. `leaders` is their number, with rank
// 0. Copies *policy and borrows the communicator of `world`. Free it with queue_finish.
struct queue *queue_new(const struct comm *world, int leaders, const struct queue_policy *policy);

// Reports finished work (n = 0: nothing to report), then waits for the next piece, which replaces what `work` held.
// Returns false if none is left; then the leader must not call it again.
bool queue_next(struct queue *q, const void *report, size_t n, struct queue_bytes *work);

// On rank 0, answers all requests that can be answered, without waiting for any. Does nothing on other ranks.
void queue_serve(struct queue *q);

// On rank 0, answers until every leader knows that none is left. Frees *q.
void queue_finish(struct queue **q);
