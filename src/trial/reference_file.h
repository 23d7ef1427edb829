// The group `reference` of a trial's file.
#pragma once

#include "score/reference.h"
#include "store/store.h"

// Writes the group; nothing if the reference is not known. `error` names the kind of error. `features` are the names of
// the columns, or NULL.
int reference_write(
    struct store_file *f, const struct reference *r, const char *error, char *const *features, struct err *e);
// Reads the group at `path`. A file of an earlier version has none: *r is then all zeros. Returns 0, or -1 and ERR_DATA
// if it is not as reference_write writes it; *r then owns nothing.
int reference_read(struct store_file *f, const char *path, struct reference *r, struct err *e);
