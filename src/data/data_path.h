// Finds the files of data sets.
#pragma once

#include "base/err.h"
#include "spec/spec.h"

// Returns the path of FILE in new memory. A relative path is looked for in <spec_folder>/data, in <spec_folder>, and in
// the current folder. If spec_folder is NULL, it is looked for only in the current folder. Returns NULL and an error
// (ERR_DATA) that names these places if the file is not found.
char *data_resolve(const char *file, const char *spec_folder, const struct node *at, struct err *e);
