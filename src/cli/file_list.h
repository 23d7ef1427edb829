// The HDF5 files that a user names, by themselves or by the folders that they lie in.
#pragma once

#include "base/err.h"

struct file_list {
    char **paths; // owned, as are they
    int n;
};
// Adds PATH; of a folder every file below it whose name ends in .h5 and does not begin with a dot, in order of name. -1
// where there is no such file or folder, or a folder has none.
int file_list_add(struct file_list *l, const char *path, struct err *e);
void file_list_free(struct file_list *l);
