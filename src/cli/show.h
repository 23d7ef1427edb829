// Shows the leaderboard, samples, pictures and paths of a run, at the end of `run` and for `top`.
#pragma once

#include "cli/top_rule.h"
#include "leaderboard/run_read.h"
#include "report/top_intervals.h"

struct show_options {
    int rows;    // number of rows of the leaderboard; 0: all
    int samples; // number of the most anomalous samples, and of the least anomalous ones
    bool by_class;
    const char *trial; // beginning of the trial's id, or "ensemble"; NULL: the best trial
    const char *set;   // the test set whose samples are shown; NULL: the first
    int64_t list;      // for a test set without labels: most samples above the threshold to list; 0: all
    const struct top_rule_options *rule; // NULL: use the stored thresholds
    bool is_sorted;                      // the user has chosen the order of the rows
};
// Prints the leaderboard of the rows (n) and the samples of one trial to stdout, and writes gallery-ID.png into the
// folder of the run. If the data is missing or has changed, only prints a message, unless the user asked for a trial,
// a set, classes or a threshold: then it is an error. A damaged file is always an error.
int show_run(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o, struct err *e);
// Prints the 95 % intervals of the metrics of the trial that `o` selects, and nothing else. Returns -1 and an error if
// there is no such trial, or if it has no test set with labels.
int show_intervals(const char *run, const struct leaderboard_row *rows, int n, const struct show_options *o,
    enum scores_print how, struct err *e);
// Warns if the best trial of a run is only the one with the lowest loss.
void show_loss_warning(const char *run, const struct leaderboard_row *rows, int n);
