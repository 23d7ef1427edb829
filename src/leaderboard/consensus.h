// How far the scores of a trial agree with those of other trials of its run. No labels are needed.
//
// The consensus of a trial is the mean of Spearman's rank correlations of its errors with those of every other trial.
// Its stability is the same mean over the other trials of its configuration, which differ in the seed (or the fold).
// The mean stability of a configuration is therefore the mean over all pairs of its trials. Both are means over the
// test sets.
//
// Two trials are compared on a test set if they read the same versions of data and scored the same samples. Diverged
// and stale trials do not count, nor do scores that are constant or have NaN. Of a large test set, CONSENSUS_SAMPLES
// evenly spaced samples are ranked; in a run of more than CONSENSUS_RANKS / CONSENSUS_SAMPLES trials, fewer of them.
#pragma once

#include "leaderboard/row.h"

enum { CONSENSUS_SAMPLES = 4096, CONSENSUS_RANKS = 1 << 26 };

// Opens the trials of rows.
struct trial_source {
    // Returns the file that holds the trial. The caller closes it if *is_own is set.
    struct store_file *(*open)(void *context, const struct leaderboard_row *row, bool *is_own, struct err *e);
    void *context;
    bool has_groups; // the objects of a trial are in the group trials/ID; false: in the group that the row names
};

// Returns true if the sweep of a row asks for the consensus or the stability.
bool consensus_is_objective(const struct leaderboard_row *rows, int n);
// Returns true if a trial that counts has no consensus. So it is after a trial was added.
bool consensus_is_missing(const struct leaderboard_row *rows, int n);
// Returns true if a string begins with one of the two names, perhaps after a minus, as in --sort and --where.
bool consensus_is_named(const char *text);

// Sets the consensus and the stability of all rows, from the errors that the trials have stored. The result does not
// depend on the order of the rows. Returns -1 and errors if trials could not be read; they then do not count.
int consensus_measure(struct leaderboard_row *rows, int n, const struct trial_source *source, struct err *e);
// Does the same with the files that the rows name.
int consensus_read(struct leaderboard_row *rows, int n, struct err *e);
