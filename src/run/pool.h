// The decisions of rank 0: which trial a group takes next, longest expected first, and what is known of the finished
// ones. No MPI, no files, no clock.
#pragma once

#include "run/run.h"
#include "trial/plan.h"

// The report of a group's leader on its trial.
struct pool_report {
    int entry;                      // its index in the plan
    enum err_kind failure;          // ERR_NONE: none
    bool has_diverged, has_stopped; // stopped: at a checkpoint, on request
    double loss;                    // NaN: failed or diverged
    char text[1000];                // the line that the log shows, or why it failed
};

// What is known of a trial from earlier runs.
enum pool_known { POOL_NEW, POOL_LONE, POOL_FINISHED, POOL_FAILED }; // POOL_LONE: new, and must run alone
struct pool_policy {
    // Looks a trial up. Sets the loss of a POOL_FINISHED one if `needs_loss`.
    enum pool_known (*find_earlier)(void *context, const struct plan_entry *entry, bool needs_loss, double *loss);
    // Is called for a trial of the sweep that cannot be run.
    void (*refuse)(void *context, const char *why);
    void *context;
};

struct pool;
// Makes the pool of all trials in the plan and of all that follow from the results of earlier runs. Borrows the plan,
// which grows, and the counts, which it keeps up to date.
struct pool *pool_new(struct plan *plan, const struct pool_policy *policy, struct run_counts *counts);
void pool_free(struct pool **p);
int pool_trials(const struct pool *p); // trials to be run, at most
int pool_left(const struct pool *p);   // trials that have not begun, at most
// Returns the expected cost, in floating-point operations, of all trials to be run.
double pool_operations(const struct pool *p);
// Returns the index in the plan of the trial that starts now, POOL_WAIT if there may be one after the next report, or
// POOL_END.
enum { POOL_WAIT = -1, POOL_END = -2 };
int pool_next(struct pool *p);
// Returns whether the trial that was drawn last runs alone. While it does, pool_next returns POOL_WAIT.
bool pool_runs_lone(const struct pool *p);
// Returns whether one of `groups` groups may draw a trial while it still works on another. That is so if the trial
// would have begun no sooner elsewhere: enough work is left for all groups, and no result can change what it is.
bool pool_may_draw_ahead(const struct pool *p, int groups);
// Counts a trial that pool_next gave out, and takes in the trials that follow from its result.
void pool_report(struct pool *p, const struct pool_report *r);
