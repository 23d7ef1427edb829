// The most and the least anomalous samples of a trial, as a table and as a picture.
#pragma once

#include "leaderboard/run_read.h"

struct top_options {
    int count;           // samples at each end
    bool by_class;       // at each end of every label
    const char *set;     // the test set; NULL: the first
    const char *picture; // path of the PNG; NULL: none
};
// Prints the samples to stdout and writes the picture. -1 and why.
int top_show(const struct leaderboard_row *s, const struct top_options *o, struct err *e);
// Confusion matrix and classification report of a trial's test sets with labels, to stdout.
int top_report(const struct leaderboard_row *s, struct err *e);
