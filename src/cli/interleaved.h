// Tables in which the rows of several series alternate, as those of several machines in one log.
#pragma once

#include "data/dataset.h"

// Returns the column of text whose values divide the rows into series, each at regular intervals, if the rows of these
// series alternate. Returns NULL if there is none, or if the rows have no times or have groups already. It is borrowed
// from `columns`, those of the imported table, which may be NULL.
const struct column *interleaved_by(const struct dataset *d, const struct columns *columns);
