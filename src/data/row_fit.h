// Checks that a model can take the rows of a split.
#pragma once

#include "data/data_table.h"
#include "data/row_reader.h"

// Returns -1 and errors if the rows of a table do not fit the model.
int row_fit_check(const struct row_fit *fit, const struct data_table *t, struct err *e);
