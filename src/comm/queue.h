// A queue of work that world rank 0 distributes to the leaders of groups by messages. Rank 0 works too: it answers
// whenever it calls queue_serve, between its batches. The caller decides what comes next (struct queue_policy); this
// file only transfers it.
//
// Each leader asks for its next piece as soon as it has received one, so that it does not wait while rank 0 is busy.
// The caller decides whether the leader gets that piece at once, or only when it has finished the one that it has.
//
// Work and reports are bytes of any length, so that only the caller needs to know what they mean.
#pragma once

#include "comm/comm.h"

// Bytes that grow as needed. Zero it to start; free(data).
struct queue_bytes {
    char *data; // owned
    size_t n, capacity;
};
void queue_bytes_add(struct queue_bytes *b, const void *data, size_t n);

enum queue_verdict {
    QUEUE_WORK, // `work` holds the next piece
    QUEUE_WAIT, // there may be work after the next report
    QUEUE_END   // no work is left
};

// The decisions of rank 0. Only rank 0 calls these functions, one at a time. Every piece of work that was sent out is
// reported.
struct queue_policy {
    // Decides what a leader gets. For QUEUE_WORK, adds the bytes of the piece to `work`, which is empty. `is_ahead`:
    // the leader has not finished an earlier piece, so this piece would wait until it has.
    enum queue_verdict (*next)(void *context, bool is_ahead, struct queue_bytes *work);
    void (*report)(void *context, const void *report, size_t n); // receives a leader's report on finished work
    void *context;                                               // borrowed
};

struct queue;

// Returns this rank's end of the queue, on rank 0 and on every leader of a group. `leaders` counts the leaders, with
// rank 0. Copies *policy and borrows the communicator of `world`. Free the queue with queue_finish.
struct queue *queue_new(const struct comm *world, int leaders, const struct queue_policy *policy);

// Reports finished work (n = 0: nothing to report) and waits for the next piece, which replaces the bytes of `work`.
// Returns false if no work is left; then the leader must not call it again.
bool queue_next(struct queue *q, const void *report, size_t n, struct queue_bytes *work);

// On rank 0, answers all requests that can be answered, without waiting for more. Does nothing on other ranks.
void queue_serve(struct queue *q);

// On rank 0, answers requests until every leader knows that no work is left. Frees *q.
void queue_finish(struct queue **q);
