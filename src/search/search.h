// Search: which trials a sweep tries, and which of them go on. Decisions are functions of the spec, its seed and the
// results of finished trials, never of time or of the order in which results come: the same sweep on 1, 2 or 7 groups
// of ranks tries the same trials. No MPI, no files, no clock.
//
// A configuration is a value for each key of the sweep; its repeats differ in train.seed alone, and count by their
// mean. Trials have numbers that hang on neither order nor time. Results are losses: the smaller the better, NaN where
// a trial failed or diverged, which is worse than any number.
#pragma once

#include "spec/spec.h"

struct search_trial {
    int number, configuration, repeat;
    int rung;       // halving, hyperband: from 0 in its bracket; else 0
    bool may_go_on; // a later trial may be the same with more epochs
    struct sweep_point point;
};

struct search;
// `epochs`: train.epochs, what the last rung of halving has. NULL and all that the section lacks in `e`. Borrows sweep.
struct search *search_new(const struct spec_sweep *sweep, int64_t epochs, struct err *e);
void search_free(struct search **s);
// How many trials there are at most.
int64_t search_bound(const struct search *s);
// Whether results decide which trials follow.
bool search_needs_results(const struct search *s);
// Numbers of at most `max` trials that may start now and were not released before. 0: none until the next report.
int search_release(struct search *s, int max, int *number);
// What a trial that was released is. `value` (keys of the sweep) is filled and becomes point.value.
void search_trial(const struct search *s, int number, struct search_trial *t, double *value);
// Whether a later trial is, or may become, the same as this one with more epochs.
bool search_goes_on(const struct search *s, int number);
// Once for each trial that was released.
void search_report(struct search *s, int number, double loss);
// Whether no more trials will be released, whatever is still to be reported; whether all are reported as well.
bool search_is_exhausted(const struct search *s);
bool search_is_done(const struct search *s);
// How much of the sweep's work the trials released so far are, by epochs: in (0, 1].
double search_share(const struct search *s);
