// Writes tables of one-dimensional arrays into a trial's file, and the names of labels.
#pragma once

#include "base/err.h"
#include "store/store.h"

struct trial_column {
    const char *name;
    enum store_type type;
    int64_t n;
    const void *data;
    const char *scale; // the array of the group that is the scale of the dimension
    const char *long_name, *units;
};

// Writes n columns to a group. Omits columns without data. Stops at the first error and returns -1.
int trial_columns_write(
    struct store_file *f, const char *group, const struct trial_column *columns, size_t n, struct err *e);

// Writes the names of labels as an attribute of a group. Writes nothing if there are none.
int trial_write_label_names(struct store_file *f, const char *group, char *const *names, int n, struct err *e);
// Returns the `long_name` of the array `label` of scores.
const char *trial_label_about(int n_names);
