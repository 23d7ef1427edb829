// Lets a search learn from an earlier run: `sweep.from`.
#pragma once

#include "base/err.h"
#include "trial/experiment.h"

// Reads the trials of the run in `sweep.from`. Adds those with the same keys, epochs and objective to the search.
// Returns 0 if the experiment has no `from`. Returns -1 and an error if the run cannot be read or has no such trial.
int knowledge_learn(const struct experiment *x, struct err *e);
// Returns -1 and an error if the run would learn from itself. This is refused because the results change during the
// run. `folder` is the folder of the run.
int knowledge_check_folder(const struct experiment *x, const char *folder, struct err *e);
