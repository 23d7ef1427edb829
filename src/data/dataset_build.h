// From a selection of rows to a data set.
#pragma once

#include "data/data_select.h"
#include "data/dataset.h"

// The data set named `name` of the rows in `s`, which gives its arrays away and is left empty. Bytes and floats without
// missing values are pointed at where they lie, their tables marked as held; all else is converted. -1 and errors; then
// nothing is owned. A value beyond the range of single precision is an error, in a test set (`is_test`) infinite.
int dataset_build(const char *name, struct data_selection *s, bool has_missing, bool is_test,
    const struct scaling *scaling, char *const *features, struct dataset *out, struct err *e);

void dataset_free(struct dataset *d);
