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

// The data comes from the files that the trial's spec names, looked for in the experiment's folder (as recorded). -1
// and why.
int trial_load(const struct leaderboard_row *s, struct loaded_trial *out, struct err *e);
void trial_unload(struct loaded_trial *t);

// The errors of test set `set` as stored: new memory (*n floats), or NULL and an error.
float *trial_errors(const struct leaderboard_row *s, const char *set, int64_t *n, struct err *e);
