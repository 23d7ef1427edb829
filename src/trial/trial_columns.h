// Arrays of one dimension in a trial's file, as tables, and the names of labels.
#pragma once

#include "base/err.h"
#include "store/store.h"

struct trial_column {
    const char *name;
    enum store_type type;
    int64_t n;
    const void *data;
    const char *scale; // the array of the group that names its dimension
    const char *long_name, *units;
};

// Writes the n columns to a group, except those without data. Stops at the first error and returns -1.
int trial_columns_write(
    struct store_file *f, const char *group, const struct trial_column *columns, size_t n, struct err *e);

// Sets the names of labels as an attribute of a group; nothing if there are none.
int trial_write_label_names(struct store_file *f, const char *group, char *const *names, int n, struct err *e);
// Returns what the array `label` of scores is, for its `long_name`.
const char *trial_label_about(int n_names);
