// Search decides which trials a sweep tries, and which of them continue with more epochs. Decisions depend on the spec,
// its seed and the results of finished trials, but never on time or on the order in which results arrive. So the same
// sweep tries the same trials on 1, 2 or 7 groups of ranks. No MPI, no files, no clock.
//
// A configuration is a value for each key of the sweep. Repeats of a configuration differ only in train.seed, and the
// mean of their losses counts. Trials are numbered from 0; the number of a trial does not depend on order or time. A
// result is a loss: smaller is better, and NaN, which means that the trial failed or diverged, is worse than any
// number.
//
// The steps of a trial: search_release returns its number, search_trial describes it, search_report takes its result.
// Results may arrive in any order. One thread at a time may use a search.
#pragma once

#include "spec/spec.h"

struct search_trial {
    int number, configuration, repeat;
    int rung;          // halving, hyperband: number of the rung in its bracket, from 0; else 0
    bool may_continue; // a later trial may continue this one with more epochs
    struct sweep_point point;
};

struct search;

// Returns the search of a sweep, which is borrowed. `epochs` is train.epochs, the epochs of the last rung of halving.
// Returns NULL and errors if a setting that the method needs is missing or not allowed. Free it with search_free.
struct search *search_new(const struct spec_sweep *sweep, int64_t epochs, struct err *e);
void search_free(struct search **s);

// Returns an upper limit of the number of trials; the numbers of all trials are below it.
int64_t search_bound(const struct search *s);
// Returns true if the choice of trials depends on results.
bool search_needs_results(const struct search *s);

// Releases trials that may start now, `max` or fewer: writes their numbers to `number` and returns how many there are.
// After 0, no trial is released before the next report.
int search_release(struct search *s, int max, int *number);
// Describes a released trial in *t. Fills `value` (keys of the sweep), which becomes point.value.
void search_trial(const struct search *s, int number, struct search_trial *t, double *value);
// Returns true if a later trial continues this one with more epochs, or may do so.
bool search_continues(const struct search *s, int number);
// Takes the loss of a released trial. Call it once for each trial.
void search_report(struct search *s, int number, double loss);

// Takes a result of an earlier run: a completed configuration (spec_sweep_complete) and the mean loss of its repeats.
// Call it before trials are released, in an order that does not depend on time. Only method tpe uses it.
void search_learn(struct search *s, const double *value, double loss);

int64_t search_learned(const struct search *s); // number of results that were learned

// Returns true if no more trials will be released, even if some are still to be reported.
bool search_is_exhausted(const struct search *s);
// Returns true if no more trials will be released and all released ones are reported.
bool search_is_done(const struct search *s);
// Returns which share of the sweep's work the trials released so far are, in (0, 1]. With halving and hyperband, work
// is measured in epochs, otherwise in trials.
double search_share(const struct search *s);
