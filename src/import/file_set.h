// Finds the files that SRC of an import means: expands patterns that the shell has not expanded, and folders of CSV
// files.
#pragma once

#include "import/import.h"

struct file_set {
    const char **v; // (n), owned, with their strings: in the order of SRC; within a pattern or folder, by name
    int n;
};

// Expands the sources of `o`. Returns -1 and an error if no file matches a pattern, or if a file occurs twice. Free *s
// in every case.
int file_set_expand(struct file_set *s, const struct import_options *o, struct err *e);
void file_set_free(struct file_set *s);
// Returns the names of n files, without the folders that all have in common, as new memory (n).
char **file_set_short_names(const char *const *paths, int n);
