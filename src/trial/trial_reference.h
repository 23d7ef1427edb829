// Scores the training and validation rows of a trial, because its file describes their errors.
#pragma once

#include "trial/trial_file.h"

// Scores the training and validation rows. On rank 0, sets r->training and r->reference and, if samples are windows,
// r->training_steps and r->step_reference. If a part of these cannot be computed, reports it and leaves it out. Stores
// the quantiles of the training values in *r->value_quantiles for later trials, because they depend only on the data.
// Returns 0, SCORES_STOPPED, or -1 and an error, the same on all ranks. Collective over team->comm.
int trial_score_training(const struct team *team, struct trial_result *r, struct err *e);
