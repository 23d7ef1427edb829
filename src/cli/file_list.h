// The HDF5 files that a user names, each by itself or by a folder.
#pragma once

#include "base/err.h"

struct file_list {
    char **paths; // owned, as are they
    int n;
};
// Adds a file, or every file below a folder whose name ends in .h5 and does not begin with a dot, in order of name.
// Returns -1 and an error if there is no such file or folder, or none in the folder.
int file_list_add(struct file_list *l, const char *path, struct err *e);
void file_list_free(struct file_list *l);
