// Loads a trained model and its data from a trial's file.
#pragma once

#include "leaderboard/row.h"
#include "trial/experiment.h"

struct loaded_trial {
    struct trial trial;
    struct data_sets sets;
    struct model *model; // owned
    real *w;             // (model->parameters), owned
};

// Loads a trial and its data. The trial's spec names the files of the data, relative to the experiment's folder, which
// the trial recorded. Returns -1 and the reason if the data is missing or has changed; `out` then owns nothing.
int trial_load(const struct leaderboard_row *s, struct loaded_trial *out, struct err *e);
void trial_unload(struct loaded_trial *t);

// Returns the stored errors of the test set `set`, in new memory. Sets *n to their number. Returns NULL and an error on
// failure.
float *trial_errors(const struct leaderboard_row *s, const char *set, int64_t *n, struct err *e);
