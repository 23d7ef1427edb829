// Shows a trial: its most and least anomalous samples, as a table and as a picture, and the metrics at its threshold.
#pragma once

#include "leaderboard/row.h"
#include "report/top_threshold.h"

// Selects the samples of a trial that are shown.
struct top_selection {
    int count; // how many samples with the highest errors are shown, and how many with the lowest
    // for a set without known anomalies, shows at most this many samples above the threshold instead; 0: all
    int64_t list;
    bool by_class;                        // show both ends for each label, and not for all samples together
    const char *set;                      // the test set; NULL: the first
    const char *picture;                  // path of the PNG; NULL: none
    const struct top_rule *rule;          // borrowed; how the threshold is found
    const struct leaderboard_row *member; // borrowed: if the trial is an ensemble, a trial with the same data
};

// Prints the samples to stdout and draws the picture, unless the model has no decoder; sets *is_drawn. Loads the
// trial's model and data. Returns -1 and an error, with ERR_DATA if the data is missing or has changed.
int top_show(const struct leaderboard_row *trial, const struct top_selection *o, bool *is_drawn, struct err *e);
// Prints to stdout, for each test set, the confusion matrix, the classification report and notes. Without labels, the
// number of samples above the threshold replaces matrix and report. Returns -1 and an error if the trial's file cannot
// be read.
int top_report(const struct leaderboard_row *trial, const struct top_rule *rule, struct err *e);
