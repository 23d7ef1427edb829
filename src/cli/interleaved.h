// Tables in which the rows of several series alternate, as those of several machines in one log.
#pragma once

#include "data/dataset.h"

// Returns the column of text whose values divide the rows into alternating series, each at regular intervals. Returns
// NULL if there is no such column, or if the rows have no times or have groups already. `columns` are the columns of
// the imported table, or NULL. The result is borrowed from them.
const struct column *interleaved_by(const struct dataset *d, const struct columns *columns);

// Returns true if the groups of the rows (import --group) divide them into alternating series, so that a series is
// broken at almost every row.
bool interleaved_groups(const struct dataset *d);
