// A trained model and its data, brought back from a trial's file.
#pragma once

#include "leaderboard/row.h"
#include "trial/experiment.h"

struct loaded_trial {
    struct trial trial;
    struct data_sets sets;
    struct model *model; // owned
    real *w;             // (model->parameters), owned
};

// Loads a trial and its data. The data comes from the files that the trial's spec names, in the folder of the
// experiment that the trial recorded. Returns -1 and the reason if it is gone or has changed; `out` then owns nothing.
int trial_load(const struct leaderboard_row *s, struct loaded_trial *out, struct err *e);
void trial_unload(struct loaded_trial *t);

// Returns the errors of the test set `set` as stored, in new memory (*n), or NULL and an error.
float *trial_errors(const struct leaderboard_row *s, const char *set, int64_t *n, struct err *e);
