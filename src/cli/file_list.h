// Lists the HDF5 files and journals that a user names, each by its path or by a folder.
#pragma once

#include "base/err.h"

struct file_list {
    char **paths; // owned, with its strings
    int n;
};
// Adds a file. If `path` is a folder, adds every file below it that ends in .h5 or .hgj, in the order of names. Leaves
// out files and folders whose names begin with a dot. Returns -1 and an error if nothing is at `path`, if a folder
// cannot be read, or if there is no such file below it.
int file_list_add(struct file_list *l, const char *path, struct err *e);
void file_list_free(struct file_list *l);
