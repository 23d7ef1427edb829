// Reads the columns of a data set or a trained model, for the import of similar data.
#pragma once

#include "base/err.h"
#include "data/columns.h"

// Reads the columns of FILE.h5:SPLIT, or of a model with a name that model_load accepts. Returns -1 and errors on
// failure, also for data without columns (images). Then `out` owns nothing.
int like_load(const char *name, struct columns *out, struct err *e);
