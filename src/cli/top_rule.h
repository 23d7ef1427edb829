// Options of `top` for thresholds: --threshold and --calibrate.
#pragma once

#include "report/top_threshold.h"

struct top_rule_options {
    char *threshold, *calibrate; // as given; NULL: not given
    struct threshold_rule rule;
};

// Reads the options. Adds mistakes to `e`.
void top_rule_read(struct top_rule_options *o, struct err *e);
// Makes the rule for a trial. If --calibrate is given, fills *calibration, which the caller frees in any case. Returns
// -1 and an error on failure.
int top_rule_make(const struct top_rule_options *o, const struct leaderboard_row *trial, struct reference *calibration,
    struct top_rule *out, struct err *e);
