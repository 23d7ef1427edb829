// Lists the HDF5 files that a user names, each by its path or by a folder.
#pragma once

#include "base/err.h"

struct file_list {
    char **paths; // owned, with its strings
    int n;
};
// Adds a file, or every file below a folder whose name ends in .h5 and does not begin with a dot, in the order of
// names. Returns -1 and an error if there is no such file or folder, or if the folder has no such file.
int file_list_add(struct file_list *l, const char *path, struct err *e);
void file_list_free(struct file_list *l);
