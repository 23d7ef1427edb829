// Judges a member of an ensemble by its data: scores normal rows, and finds out whether the model is of any use.
#pragma once

#include "leaderboard/row.h"
#include "train/train.h"

// The errors of a trial on normal rows: those of data.validation, or without them the training rows.
struct member_judgement {
    float *error; // (rows), owned; NaN: the row has none
    int64_t rows;
    double quantile;   // score.quantile of the trial, for the threshold
    bool reconstructs; // its model has a reconstruction
    bool has_windows;  // samples are windows over series
    char *veto;        // owned: why the trial should be left out; NULL: it is good
};

// Loads a trial with its data, and scores normal rows and synthetic probes. A trial gets a veto if its mean error is
// above that of the mean of the training rows as reconstruction, or if it ranks the probes no higher than normal rows.
// Probes are normal rows whose values are exchanged with those of other rows, feature by feature, or have noise added.
// Returns -1 and an error, ERR_DATA if the data is gone or has changed. The team has one rank. Free it with
// member_judgement_free in all cases.
int member_judge(
    const struct team *team, const struct leaderboard_row *trial, struct member_judgement *out, struct err *e);
// Sets *step to the scores of the time steps of the normal rows of a trial whose samples are windows, from the scores
// of these windows (rows), in new memory, and *n to their number. Uses the trial's score.window. Returns -1 and an
// error on failure.
int member_step_scores(
    const struct leaderboard_row *trial, const float *score, int64_t rows, float **step, int64_t *n, struct err *e);
void member_judgement_free(struct member_judgement *j);
