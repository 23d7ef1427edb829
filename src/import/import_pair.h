// Opens the sources of an import. There is one source with everything, which may be several CSV files, or one source
// with the data and one with the labels.
#pragma once

#include "import/file_set.h"
#include "import/source.h"

struct import_pair {
    struct source *x;      // owned: the data, and the labels if the same source holds them
    struct source *label;  // owned; NULL: there are no labels, or `x` has them
    struct file_set files; // owned: the files that SRC names
};

// Opens the sources that `o` names, decides which one holds the labels, and refuses sources that do not fit together.
// Returns -1 and errors on failure. Free *p in every case.
int import_pair_open(struct import_pair *p, const struct import_options *o, struct err *e);
void import_pair_free(struct import_pair *p);
