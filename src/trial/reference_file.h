// Writes and reads the group `reference` of a trial's file.
#pragma once

#include "data/columns.h"
#include "score/reference.h"
#include "store/store.h"

// The names that describe a reference. `error` is the kind of error. `features` are the names of the features, or NULL.
// `columns` are the columns of the table; NULL is allowed if the reference has no errors of columns.
struct reference_names {
    const char *group, *error;
    char *const *features;
    const struct columns *columns;
};
int reference_write(
    struct store_file *f, const struct reference_names *names, const struct reference *r, struct err *e);
// Reads the group at `path`. If there is no such group, as in files of earlier versions, *r is all zeros. Returns -1
// and ERR_DATA if the group is malformed; *r then owns nothing.
int reference_read(struct store_file *f, const char *path, struct reference *r, struct err *e);
