// The plan: the trials that a search has released, with their ids, sizes and costs. It grows as results come in.
#pragma once

#include "search/search.h"
#include "trial/experiment.h"

struct plan_entry {
    struct trial_identity trial; // its id is "" if the trial cannot be run
    bool may_continue;           // a later trial may be the same one with more epochs
    int same_as;                 // index of the earlier entry with the same id; -1: none
    int64_t shards, parameters, epochs, rows;
    double operations;      // floating-point operations of the training: the expected cost
    double step_operations; // floating-point operations of one step
    size_t bytes;           // memory if one rank trains it with one thread, without the data
};

// Finds everything about a trial except its place in the sweep. Returns -1 and the reason if it cannot be run.
typedef int (*plan_resolve)(void *context, const struct search_trial *t, struct plan_entry *out, struct err *e);

struct plan {
    char *data;            // owned: versions of the data of all trials when the plan was made (versions.h); NULL: none
    struct search *search; // borrowed
    plan_resolve resolve;
    void *context; // owned, freed by `end`; both may be NULL
    void (*end)(void *context);
    struct plan_entry *entry; // (n), owned, in the order of release
    int n, room;
    int *slot, slots;    // owned: a hash table of entries by id; -1: free
    double *value;       // (keys), owned: values of the trial that is being added
    int next[64];        // numbers of trials that were released but are not in the plan yet
    int n_next, taken;   // length of `next`, and how many of its numbers have been taken
    struct err warnings; // set by plan_make; each warning is kept once
};

// Begins a plan for the trials of a search whose sweep has `keys` keys. `resolve` examines each trial.
void plan_begin(struct plan *p, struct search *search, int keys, plan_resolve resolve, void *context);
// Adds the next trial that may start now. Returns 1 if it added one. Returns 0 if none may start until more results are
// reported. Returns -1 and the reason if the trial cannot be run: its entry is then in the plan, but has no id.
int plan_add_next(struct plan *p, struct err *e);
void plan_free(struct plan *p);

// Plans all trials of an experiment that may start now: opens the data and builds the model of each. If there is a
// mistake, returns -1 and all mistakes of all trials, equal ones once; the plan is then empty except for its warnings.
int plan_make(const struct experiment *x, struct plan *p, struct err *e);
// Returns the labels in the sets of the first trial's data, such as "train: good (80); test: bad (10), good (40)". The
// string is borrowed. Returns NULL if there are no labels. Only for a plan of plan_make.
const char *plan_labels(const struct plan *p);
// Returns the sizes of the first few different models (model_sizes), one per line. The string is borrowed. Returns NULL
// if there are none. Only for a plan of plan_make.
const char *plan_sizes(const struct plan *p);
// Keeps only the trials of one part (1 .. parts). The search must not add trials later. Equal trials are in the same
// part.
void plan_keep_part(struct plan *p, int part, int parts);
// Return the number of different trials in the plan, and the smallest number of virtual shards of a trial.
int plan_different(const struct plan *p);
int64_t plan_least_shards(const struct plan *p);
// Returns the floating-point operations of the costliest step.
double plan_step_operations(const struct plan *p);
