// Combines the errors of several models into one score. Pure functions.
//
// Errors of different models have different units. Each is first compared with the errors that the same model has for
// normal rows. Its rank among them becomes a vote, the surprise -log(1 - rank): the negative logarithm of the share of
// normal rows with a larger error. It is bounded, so that no model can outvote all others. Models of one kind agree
// more with each other than with other kinds, so the mean of their votes counts as one vote, however many they are.
#pragma once

#include "metrics/quantiles.h"
#include <stdbool.h>

// How the votes of the kinds become one score.
enum combination_rule {
    COMBINE_MEAN, // the mean over the kinds
    COMBINE_RANK, // the mean over the kinds, whose votes are ranks and not surprises
    COMBINE_MAX,  // the largest over the kinds
    COMBINE_LOW2, // the mean of the two lowest kinds
};
extern const char *const combination_names[]; // NULL-terminated, in the order of the enum
enum { COMBINATION_KINDS = 64 };              // the most kinds of a combination

// Returns why a model with these quantiles of the errors of normal rows is of no use to a combination, or NULL if it
// is.
const char *combination_refuse(const struct quantiles *errors);

// Returns the rank of an error among those of normal rows: the share of them below it, from 0 to 1, counting half of
// those that equal it. Beyond the largest it is 1 + log(error / largest). If errors are logarithms or ranks themselves
// (is_log), it is 1 + error - largest.
double combination_rank(const struct quantiles *errors, bool is_log, double error);
// Returns the vote of a rank. Up to 1 it is the surprise -log(1 - 0.998 rank), or the rank itself with COMBINE_RANK.
// From there on it grows slowly, so that errors beyond the largest still have an order. It is always finite.
double combination_vote(enum combination_rule rule, double rank);

// All arrays are borrowed.
struct combination {
    enum combination_rule rule;
    int n, kinds;                   // members; kinds, at most COMBINATION_KINDS
    const int *kind;                // (n) kind of each member, from 0
    const bool *is_log;             // (n) whether its errors are logarithms or ranks
    const struct quantiles *errors; // (n) its errors of normal rows
};
// Sets out (rows) to the scores of rows. error[i] (rows) are the errors of member i. A member that has no error for a
// row (NaN) is left out for that row. The score is NaN if no member has one. Each row is computed by itself, in a fixed
// order, so that the bits do not depend on how rows are divided.
void combination_scores(const struct combination *c, const float *const *error, int64_t rows, float *out);
