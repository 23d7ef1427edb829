// Fits a scaling to the training part.
#pragma once

#include "data/data_scaling.h"
#include "data/data_select.h"

// Makes the scaling that `cfg` describes from the statistics of `train`. The values of `train` must be finite, except
// missing ones that `cfg` fills or ignores. Returns -1 and errors on failure; then nothing is owned.
int data_fit(const struct data_config *cfg, const struct data_selection *train, struct scaling *out, struct err *e);
