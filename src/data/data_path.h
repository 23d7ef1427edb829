// Where the files of data sets are.
#pragma once

#include "base/err.h"
#include "spec/spec.h"

// Returns where FILE is, as new memory: an absolute path, or in <spec_folder>/data, <spec_folder> or the current folder
// (spec_folder NULL: only there). Returns NULL and an error (ERR_DATA) that names these places if it is in none.
char *data_resolve(const char *file, const char *spec_folder, const struct node *at, struct err *e);
