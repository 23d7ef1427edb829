// Writes the experiment that `hourglass new` proposes for a data set.
#pragma once

#include "base/err.h"
#include "base/text.h"

// Appends an experiment in YAML, with comments, that trains on `source` ("FILE.h5:SPLIT") and can be run without
// changes. `name` is the name of the experiment. Reads all values. Returns -1 and an error for data that no experiment
// can train on.
int starting_spec(const char *source, const char *name, struct text *out, struct err *e);
