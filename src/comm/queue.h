// A queue of work that world rank 0 hands out to the leaders of groups by plain messages. Rank 0 works too: it answers
// whenever it calls queue_serve, between its batches. What comes next is the caller's decision; this file carries it.
//
// Work and reports are bytes of any length, so that only those who do a piece of work need to know of it.
#pragma once

#include "comm/comm.h"

// Bytes that grow as needed. Zero it to start; free(data).
struct queue_bytes {
    char *data; // owned
    size_t n, room;
};
void queue_bytes_add(struct queue_bytes *b, const void *data, size_t n);

enum queue_verdict {
    QUEUE_WORK, // here is work
    QUEUE_WAIT, // there may be some after the next report
    QUEUE_END   // none is left
};

// What rank 0 decides; called there only, one call at a time. While a piece of work is out, its report will come.
struct queue_policy {
    enum queue_verdict (*next)(void *context, struct queue_bytes *work); // adds the bytes of QUEUE_WORK to empty `work`
    void (*report)(void *context, const void *report, size_t n);         // of a leader on finished work
    void *context;
};

struct queue;
// On rank 0 and on every leader of a group. `leaders`: how many leaders there are, rank 0 among them.
struct queue *queue_new(const struct comm *world, int leaders, const struct queue_policy *policy);
// Leaders: reports on finished work (n = 0: nothing to report) and waits for the next piece, which takes the place of
// what `work` held. False: none is left.
bool queue_next(struct queue *q, const void *report, size_t n, struct queue_bytes *work);
// Rank 0: answers all requests that can be answered, without waiting for any. Nothing on other ranks.
void queue_serve(struct queue *q);
// Rank 0: answers until every leader knows that none is left. Frees *q.
void queue_finish(struct queue **q);
