// Decides on rank 0 which trial a group takes next (the longest expected first), and keeps what is known of finished
// trials. Uses no MPI, no files and no clock.
#pragma once

#include "run/run.h"
#include "trial/plan.h"

// The report of a group's leader on its trial.
struct pool_report {
    int entry;                      // its index in the plan
    enum err_kind failure;          // why the trial failed; ERR_NONE: it did not fail
    bool has_diverged, has_stopped; // has_stopped: at a checkpoint, on request
    double loss;                    // NaN: failed or diverged
    char text[1000];                // the line that the log shows, or why the trial failed
};

// What is known of a trial from earlier runs.
enum pool_known { POOL_NEW, POOL_LONE, POOL_FINISHED, POOL_FAILED }; // POOL_LONE: new, and must run alone
struct pool_policy {
    // Looks up a trial. If the result is POOL_FINISHED and `needs_loss` is true, sets *loss.
    enum pool_known (*find_earlier)(void *context, const struct plan_entry *entry, bool needs_loss, double *loss);
    // Called for each trial of the sweep that cannot be run.
    void (*refuse)(void *context, const char *why);
    void *context;
};

struct pool;
// Returns a pool of all trials of the plan and of those that results of earlier runs release. Borrows the plan, to
// which it adds trials, and the counts, which it keeps up to date. Free it with pool_free.
struct pool *pool_new(struct plan *plan, const struct pool_policy *policy, struct run_counts *counts);
void pool_free(struct pool **p);
int pool_trials(const struct pool *p); // an upper limit of the number of trials to be run
int pool_left(const struct pool *p);   // an upper limit of the number of trials that have not begun
// Returns the expected cost, in floating-point operations, of all trials to be run.
double pool_operations(const struct pool *p);
// Returns the index in the plan of the trial to start now. Returns POOL_WAIT if a trial may start after the next
// report, or POOL_END if no trial is left.
enum { POOL_WAIT = -1, POOL_END = -2 };
int pool_next(struct pool *p);
// Returns true if the trial that was drawn last runs alone. Until it is reported, pool_next returns POOL_WAIT.
bool pool_runs_lone(const struct pool *p);
// Returns true if one of `groups` groups may draw a trial while it still works on another. This must neither delay the
// trial that is drawn nor change which trial that is. So enough work must be left for all groups, and the search must
// not need results.
bool pool_may_draw_ahead(const struct pool *p, int groups);
// Takes the report on a trial that pool_next returned. Counts the trial, reports its loss to the search, and adds the
// trials that the search then releases.
void pool_report(struct pool *p, const struct pool_report *r);
