// What earlier runs in a folder have found, for a search whose decisions hang on it.
#pragma once

#include "sweep/experiment.h"

struct past {
    struct past_trial {
        char id[TRIAL_ID_LENGTH + 1];
        double loss; // as objective_loss
    } * trial;       // (n), owned, by id
    int n;
};

// Reads the trial files of the folder, if there is one, before MPI starts: their walk forks. -1 and an error where one
// is damaged.
int past_read(const struct experiment *x, const char *folder, struct past *p, struct err *e);
void past_free(struct past *p);
// NULL: there is no such trial.
const struct past_trial *past_find(const struct past *p, const char *id);
