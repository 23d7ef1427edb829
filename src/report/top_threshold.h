// The threshold of a trial's test set: the stored one, or one that a rule gives without training again.
#pragma once

#include "leaderboard/row.h"
#include "metrics/threshold.h"
#include "score/reference.h"
#include "score/score.h"

struct top_rule {
    const struct threshold_rule *rule;   // borrowed; NULL: use the stored threshold
    const struct reference *calibration; // borrowed; errors of calibration rows; NULL: use those of the training rows
};

// Evaluates the stored errors of test set `set` at its threshold, which is NaN if it is not known. Sets *above to the
// number of samples with a higher error. Returns -1 and an error if the file cannot be read or does not hold what the
// rule needs.
int top_threshold_evaluate(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    struct evaluation *out, int64_t *above, struct err *e);

// Evaluates the stored errors of test set `set` at its threshold, which stays NaN if it is not known, and computes
// 95 % intervals by resampling. Leaves *intervals alone if out->has_labels is false. Returns as top_threshold_evaluate.
int top_threshold_intervals(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    struct evaluation *out, struct bootstrap_intervals *intervals, struct err *e);
