// What commands ask about a model that is an ensemble.
#pragma once

#include "trial/model_load.h"

// Writes the name of a model for messages: "trial 1a2b3c4d" or "an ensemble of 5 models". Returns `out`.
enum { MODEL_TITLE_ROOM = 48 };
const char *model_title(const struct trained_model *t, char out[MODEL_TITLE_ROOM]);
// Returns the weight of a member of an ensemble: its share of the score.
double model_member_weight(const struct trained_model *t, int member);
// Adds an error if the model `name` is an ensemble: `what`, a command or an option, works only with a single model. The
// error names a member. Returns -1 then, otherwise 0.
int model_refuse_ensemble(const struct trained_model *t, const char *name, const char *what, struct err *e);
