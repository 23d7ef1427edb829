// Splits by one of two protocols of published comparisons: half of the normal rows are for training, and all other rows
// are the test set.
#pragma once

#include "data/data_select.h"

// Keeps half of the normal rows in `s`, rounded up, and moves all other rows to `rest`. Both keep their order. The half
// is the first one in file order, as in Livernoche et al. 2023, or is drawn with cfg->seed. Returns -1 and an error if
// it is not known which rows are normal, or if fewer than two are.
int split_by_protocol(
    const struct data_config *cfg, struct data_selection *s, struct data_selection *rest, struct err *e);
