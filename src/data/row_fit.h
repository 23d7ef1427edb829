// Checks that a model takes the rows of a split.
#pragma once

#include "data/data_table.h"
#include "data/row_reader.h"

// Returns -1 and errors for a table whose rows do not fit.
int row_fit_check(const struct row_fit *fit, const struct data_table *t, struct err *e);
