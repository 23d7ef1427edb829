// The fitting of a scaling to the training part.
#pragma once

#include "data/data_scaling.h"
#include "data/data_select.h"

// The scaling that `cfg` asks for, with the statistics of `train` (whose values are checked: finite or to be filled).
// -1 and errors; then nothing is owned.
int data_fit(const struct data_config *cfg, const struct data_selection *train, struct scaling *out, struct err *e);
