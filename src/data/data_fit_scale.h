// Fits `data.scale` to the training rows.
#pragma once

#include "base/err.h"
#include "data/data_config.h"
#include "data/data_scaling.h"
#include "data/data_select.h"

// Sets shifts, factors, logarithms and limits of the columns of `out`, whose fill is set. Returns -1 and errors, of
// kind ERR_DATA for columns that the data does not have or that cannot be scaled.
int data_fit_scale(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e);
