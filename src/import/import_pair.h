// The sources of an import: one with everything, which may be several CSV files, or one with the data and one with the
// labels.
#pragma once

#include "import/file_set.h"
#include "import/source.h"

struct import_pair {
    struct source *x;      // owned: the data, and the labels where they come along
    struct source *label;  // owned; NULL: no labels, or they come with the data
    struct file_set files; // owned: those that SRC name
};

// Opens what `o` names, decides which source holds the labels, and refuses what does not fit together. Returns -1 and
// errors on failure. Free it in every case.
int import_pair_open(struct import_pair *p, const struct import_options *o, struct err *e);
void import_pair_free(struct import_pair *p);
