// Moves the rows of an import into a split of a data-set file.
#pragma once

#include "import/import_pair.h"

// Streams all rows into group `split` of `file`, with scales and attributes, checks them on the way and fills in the
// summary. Returns -1 and errors on failure: then the caller abandons the file, and `summary` owns nothing new.
int import_write(struct store_file *file, const char *split, struct import_pair *pair, enum import_type type,
    struct import_summary *summary, struct err *e);
