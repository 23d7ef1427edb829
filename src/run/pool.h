// What rank 0 decides: which trial a group takes next, longest expected first, and what is known of those that are
// done. No MPI, no files, no clock.
#pragma once

#include "run/run.h"
#include "trial/plan.h"

// What the leader of a group tells of a trial.
struct pool_report {
    int entry;                      // its index in the plan
    enum err_kind failure;          // ERR_NONE: none
    bool has_diverged, has_stopped; // stopped: at a checkpoint, on request
    double loss;                    // NaN: failed or diverged
    char text[1000];                // the line that it is told by, or why it failed
};

// What earlier runs have made of a trial.
enum pool_earlier { POOL_NEW, POOL_FINISHED, POOL_FAILED };
struct pool_policy {
    // The loss of POOL_FINISHED where `needs_loss`.
    enum pool_earlier (*earlier)(void *context, const struct plan_entry *entry, bool needs_loss, double *loss);
    void (*refuse)(void *context, const char *why); // a trial of the sweep cannot be run
    void *context;
};

struct pool;
// Takes in all that the plan holds and all that follows from what earlier runs have done. Borrows plan and counts,
// which are filled.
struct pool *pool_new(struct plan *plan, const struct pool_policy *policy, struct run_counts *counts);
void pool_free(struct pool **p);
int pool_trials(const struct pool *p);        // that are to be run, at most
int pool_left(const struct pool *p);          // that were not begun, at most
double pool_operations(const struct pool *p); // of all that are to be run: the expected cost, floating-point
// The index in the plan of the trial that starts now; POOL_WAIT: there may be one after the next report; POOL_END.
enum { POOL_WAIT = -1, POOL_END = -2 };
int pool_next(struct pool *p);
// Counts the trial, and takes in what follows from its result.
void pool_report(struct pool *p, const struct pool_report *r);
