// The files that the SRC of an import name: patterns that no shell has expanded, and folders of CSV files.
#pragma once

#include "import/import.h"

struct file_set {
    const char **v; // (n), owned, as are the strings: in the order of SRC, those of a pattern or folder by name
    int n;
};

// Expands the sources of `o`. Returns -1 and an error for a pattern that no file matches. Free in every case.
int file_set_expand(struct file_set *s, const struct import_options *o, struct err *e);
void file_set_free(struct file_set *s);
// Returns the names of the files without the folders that all share, as new memory (n).
char **file_set_short_names(const char *const *paths, int n);
