// The group `reference` of a trial's file.
#pragma once

#include "data/columns.h"
#include "score/reference.h"
#include "store/store.h"

// Writes a reference as group `group`; nothing if it is not known. `error` names the kind of error. `features` are the
// names of the features, or NULL. `columns` are those of the table; it may be NULL if the reference has none.
struct reference_names {
    const char *group, *error;
    char *const *features;
    const struct columns *columns;
};
int reference_write(
    struct store_file *f, const struct reference_names *names, const struct reference *r, struct err *e);
// Reads the group at `path`. A file of an earlier version has none: *r is then all zeros. Returns 0, or -1 and ERR_DATA
// if it is not as reference_write writes it; *r then owns nothing.
int reference_read(struct store_file *f, const char *path, struct reference *r, struct err *e);
