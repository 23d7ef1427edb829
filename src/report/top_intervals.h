// Prints 95 % intervals of the metrics of a trial's test sets.
#pragma once

#include "report/top_scores.h"
#include "report/top_threshold.h"

// Prints the intervals of a test set with labels as a table below its classification report. Returns -1 and an error as
// top_threshold_intervals does.
int top_intervals_print_set(
    const struct leaderboard_row *trial, const char *set, const struct top_rule *rule, struct err *e);
// Prints the intervals of test set `set`, or of all sets with labels if that is NULL, and nothing else. Returns -1 and
// an error if there is no such set, or none with labels.
int top_intervals_print(const struct leaderboard_row *trial, const char *set, const struct top_rule *rule,
    enum scores_print how, struct err *e);
