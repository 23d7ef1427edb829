// What rank 0 decides: which trial a group takes next, longest expected first, and what is known of those that are
// done. No MPI and no clock in it.
#pragma once

#include "comm/queue.h"
#include "sweep/run.h"

// What the leader of a group tells of a trial.
struct pool_report {
    int number;
    enum err_kind failure;          // ERR_NONE: none
    bool has_diverged, has_stopped; // stopped: at a checkpoint, on request
    char text[1000];                // the line that it is told by, or why it failed
};

struct pool;
enum pool_past { POOL_NEW, POOL_FINISHED, POOL_FAILED };
// `past(context, id)`: what earlier runs have made of the trial. Borrows x and plan; fills the counts.
struct pool *pool_new(const struct experiment *x, const struct plan *plan,
    enum pool_past (*past)(void *context, const char *id), void *context, struct run_counts *counts);
void pool_free(struct pool **p);
int pool_trials(const struct pool *p);        // to be run
int pool_left(const struct pool *p);          // of them, not begun
double pool_operations(const struct pool *p); // of all these: their expected cost, floating-point
// Of the queue's policy: appends the work order of the trial that starts now.
enum queue_verdict pool_next(struct pool *p, struct queue_bytes *work);
// Counts the trial and returns what was known of it.
const struct plan_entry *pool_report(struct pool *p, const struct pool_report *r);
