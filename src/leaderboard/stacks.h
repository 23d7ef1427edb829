// Writes the arrays of a run's file that have one row per trial, in order of the leaderboard: curves/ and
// errors/<set>/.
#pragma once

#include "leaderboard/row.h"

// `open` returns the file that holds the trial with a key, in its group trials/KEY. The caller closes that file if
// `open` sets *is_own. `visit` is called once for each trial while it is open, in order of the leaderboard.
struct stack_source {
    struct store_file *(*open)(void *context, const char *key, bool *is_own, struct err *e);
    void (*visit)(void *context, struct store_file *trial, const char *group, int row);
    void *context;
};

// Writes the stacked arrays of n trials to a run's file. Omits an array that would be larger than 1 GiB.
int stacks_write(
    struct store_file *f, const struct leaderboard_row *rows, int n, const struct stack_source *source, struct err *e);
