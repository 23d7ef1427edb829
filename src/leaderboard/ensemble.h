// An ensemble: trials whose errors are combined into one score. It is a group of a run's file, next to its trials.
//
// run.h5 of a sweep has the group `ensemble` with the scores of the test sets. In a file of `hourglass ensemble` the
// ensemble is also a model: the file says so, and holds its members and the quantiles of its score on normal rows.
#pragma once

#include "metrics/combination.h"
#include "store/store.h"

struct ensemble_member {
    char *id, *kind;  // owned
    double weight;    // share of the member in the score; all together are 1. max and low2 weigh by the row
    double *quantile; // (levels), owned: of the member's errors on normal rows
};
struct ensemble_veto {
    char *id, *reason; // owned
};
struct ensemble {
    char *experiment, *run;         // owned: name of the experiment; the run as given, NULL in run.h5
    char *selection;                // owned: options that selected its members; NULL: all trials that can be members
    bool is_held_out;               // the normal rows are those of data.validation, not training rows
    struct ensemble_member *member; // (n), owned; their order decides the bits of the score
    int n;
    struct ensemble_veto *veto; // (n_vetoes), owned: trials that are left out, and why
    int n_vetoes;
    double *level; // (levels), owned
    int levels;
    double threshold, step_threshold; // of samples; of time steps, if samples are windows. NaN: none
    struct combination combination;   // ready after ensemble_finish; it owns its arrays, too
};

// Build an ensemble in a zeroed struct: set `experiment`, `is_held_out` and combination.rule, add members and vetoes in
// order, then call ensemble_finish. `levels` and `level` of all members are equal. Strings and arrays are copied.
// The errors of a member are logarithms or ranks if `is_log`.
void ensemble_add(struct ensemble *x, const char *id, const char *kind, const struct quantiles *errors, bool is_log);
void ensemble_add_veto(struct ensemble *x, const char *id, const char *reason);
// Numbers the kinds, and computes the weights. Returns -1 and an error if there are too many kinds.
int ensemble_finish(struct ensemble *x, struct err *e);
void ensemble_free(struct ensemble *x);
// Returns the name of a kind.
const char *ensemble_kind_name(const struct ensemble *x, int kind);

// Returns true if a run's file is an ensemble that can score new data.
bool ensemble_is_model(struct store_file *f);
// Writes the group `ensemble` of a run's file, without scores.
int ensemble_write(struct store_file *f, const struct ensemble *x, struct err *e);
// Reads the group. Returns -1 and ERR_DATA if it is damaged or absent; *x then owns nothing.
int ensemble_read(struct store_file *f, struct ensemble *x, struct err *e);
