// What a search learns from an earlier run: `sweep.from`.
#pragma once

#include "base/err.h"
#include "trial/experiment.h"

// Reads the trials of the run that `sweep.from` names, and has the search learn those with the same keys, epochs and
// objective. Returns 0 if there is no `from`; -1 and an error if the run cannot be read or has no such trial.
int knowledge_learn(const struct experiment *x, struct err *e);
// Refuses a run that would learn from itself, because its results change while it runs. `folder` is that of the run.
int knowledge_check_folder(const struct experiment *x, const char *folder, struct err *e);
