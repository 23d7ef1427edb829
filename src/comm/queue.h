// A queue of work that world rank 0 hands out to the leaders of groups by plain messages. Rank 0 works too: it answers
// whenever it calls queue_serve, between its batches. What comes next is the caller's decision; this file carries it.
#pragma once

#include "comm/comm.h"

enum { QUEUE_REPORT_BYTES = 1024 };

// What rank 0 decides; called there only, one call at a time.
struct queue_policy {
    int (*next)(void *context); // the next piece of work, or -1: none left
    void (*report)(
        void *context, int work, const void *report); // a leader's report on finished work (QUEUE_REPORT_BYTES)
    void *context;
};

struct queue;
// On rank 0 and on every leader of a group. `leaders`: how many leaders there are, rank 0 among them.
struct queue *queue_new(const struct comm *world, int leaders, const struct queue_policy *policy);
// Leaders: reports on `work` (-1: none yet) and returns the next piece, or -1. Waits for rank 0's answer.
int queue_next(struct queue *q, int work, const void *report);
// Rank 0: answers all requests that wait, without waiting for any. Nothing on other ranks.
void queue_serve(struct queue *q);
// Rank 0: answers until every leader knows that none is left. Frees *q.
void queue_finish(struct queue **q);
