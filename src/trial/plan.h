// The plan: what is known of the trials that a search has released, before they are run. It grows as results come in.
#pragma once

#include "search/search.h"
#include "trial/experiment.h"

struct plan_entry {
    struct trial_identity trial; // without an id if the trial cannot be run
    bool may_continue;           // a later trial may be the same with more epochs
    bool shares_lineage;         // another trial, which may run at the same time, differs only in its epochs
    int same_as;                 // the earlier entry with the same id; -1: none
    int64_t shards, parameters, epochs, rows;
    double operations;      // of training, floating-point: the expected cost
    double step_operations; // of these, in one step
    size_t bytes;           // on one rank that trains it alone with one thread, in addition to the data
};

// Finds everything about a trial except its place in the sweep. Returns -1 and the reason if it cannot be run.
typedef int (*plan_resolve)(void *context, const struct search_trial *t, struct plan_entry *out, struct err *e);

struct plan {
    char *data;            // owned: versions of all data that its trials had when it was made (versions.h); NULL: none
    struct search *search; // borrowed
    plan_resolve resolve;
    void *context; // owned, freed by `end`; both may be NULL
    void (*end)(void *context);
    struct plan_entry *entry; // (n), owned, in the order of release
    int n, room;
    int *slot, slots;    // owned: indices of entries by their id, -1: free
    double *value;       // (keys), owned: of the trial that is being added
    int next[64];        // released, not in the plan yet
    int n_next, taken;   // how many these are, and how many of them were taken
    struct err warnings; // of plan_make, equal ones once
};

// Begins a plan for the trials of a search whose sweep has `keys` keys. `resolve` examines each trial.
void plan_begin(struct plan *p, struct search *search, int keys, plan_resolve resolve, void *context);
// Adds the next trial that may start now. Returns 1; 0 if none may start until more results are reported; -1 and the
// reason if it cannot be run: its entry then has a place, but no id.
int plan_add_next(struct plan *p, struct err *e);
void plan_free(struct plan *p);

// Plans all trials of an experiment that may start now: opens the data and builds the model of each. On a mistake
// returns -1 and every mistake of every trial, equal ones once; the plan is then empty except for its warnings.
int plan_make(const struct experiment *x, struct plan *p, struct err *e);
// Returns the labels in the sets of the first trial's data, "train: good (80); test: bad (10), good (40)", borrowed, or
// NULL if there are none. The plan must be one of plan_make.
const char *plan_labels(const struct plan *p);
// Returns the sizes of the first few different models (model_sizes), one per line, borrowed, or NULL if there are none.
// The plan must be one of plan_make.
const char *plan_sizes(const struct plan *p);
// Keeps the trials of one part (1 .. parts) of a plan to which the search adds no more. Equal trials are in one part.
void plan_keep_part(struct plan *p, int part, int parts);
// Marks the trials of a plan that differ from others only in their epochs.
void plan_mark_lineages(struct plan *p);
// Return how many trials of the plan differ, and their least number of virtual shards.
int plan_different(const struct plan *p);
int64_t plan_least_shards(const struct plan *p);
// Returns the floating-point operations of the costliest step.
double plan_step_operations(const struct plan *p);
