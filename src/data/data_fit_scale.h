// Fits the scaling that `data.scale` describes to the training rows.
#pragma once

#include "base/err.h"
#include "data/data_config.h"
#include "data/data_scaling.h"
#include "data/data_select.h"

// Sets shifts, factors, logarithms and limits of the columns of `out`, whose fill is already set. Returns -1 and errors
// if a column does not exist in the data or cannot be scaled (ERR_DATA).
int data_fit_scale(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e);
