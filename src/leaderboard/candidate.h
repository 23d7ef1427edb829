// A trial that may become a member of an ensemble, and the choice among such trials.
#pragma once

#include "leaderboard/ensemble.h"
#include "leaderboard/row.h"

struct member_candidate {
    const struct leaderboard_row *row; // borrowed
    char *kind;                        // owned
    char lineage[33];         // equal for trials that differ only in train.epochs, such as the rungs of halving
    char data[33];            // equal for trials that read the same rows, however they scale them
    bool is_held_out;         // the quantiles are those of validation rows
    int levels;               // 0: the trial does not hold them
    double *level, *quantile; // (levels), owned: of the errors of normal rows
    bool is_log;              // its errors are logarithms or ranks
    char *veto;               // owned: why the trial is left out; NULL: it is not
};

// Returns true if the trial of a row can be a member: it is finished, and neither diverged nor stale.
bool row_may_be_member(const struct leaderboard_row *row);
// Reads what the trial `group` of an open file says. A veto is no error. Returns -1 and an error if the trial is
// damaged. The caller clears *c in both cases.
int candidate_read(struct store_file *f, const char *group, const struct leaderboard_row *row,
    struct member_candidate *c, struct err *e);
void candidate_clear(struct member_candidate *c); // frees what it owns
void candidates_free(struct member_candidate **c, int n);

// Returns true if all candidates read the same data.
bool candidates_share_data(const struct member_candidate *c, int n);
// Sets a veto on each candidate if another one of its lineage has more epochs, or as many and comes earlier.

void candidates_keep_one_per_lineage(struct member_candidate *c, int n);
// Makes an ensemble of those candidates that have no veto, in their order. Returns 0, or 1 if none is left, or -1 and
// an error. The caller frees *x in all cases.
int candidates_join(
    const struct member_candidate *c, int n, enum combination_rule rule, struct ensemble *x, struct err *e);
