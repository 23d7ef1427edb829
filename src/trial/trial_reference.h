// Scores the training and validation rows of a trial for what its file says of their errors.
#pragma once

#include "trial/trial_file.h"

// Collective over team->comm. Scores the training and validation rows. On rank 0, sets r->training and r->reference;
// what could not be computed there is reported, and missing. Keeps the quantiles of the training values, which depend
// only on the data, in *r->value_quantiles for later trials. Returns 0, SCORES_STOPPED, or -1 and an error, the same on
// all ranks.
int trial_score_training(const struct team *team, struct trial_result *r, struct err *e);
