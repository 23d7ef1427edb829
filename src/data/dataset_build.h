// Builds a data set from a selection of rows.
#pragma once

#include "data/data_select.h"
#include "data/dataset.h"

struct dataset_plan {
    const char *name;
    bool has_missing;              // some values are missing
    bool is_streamed;              // the set may be larger than memory
    bool is_test;                  // a value too large for a float becomes infinite; in other sets it is an error
    const struct scaling *scaling; // borrowed
    char *const *features;         // (columns), borrowed by the data set: names; NULL: none
};

// Builds the data set from the rows in `s`. Takes over the arrays of `s`, which is then empty. Rows of bytes, and of
// floats without missing values, stay in their tables if the scaling is affine. So do all rows of a streamed set. Their
// tables are marked as held. All other rows are converted. Returns -1 and errors on failure; then nothing is owned.
int dataset_build(const struct dataset_plan *plan, struct data_selection *s, struct dataset *out, struct err *e);

// Returns the size in bytes of the rows that dataset_build converts, or 0 if rows stay where they are.
double dataset_converted_bytes(const struct dataset_plan *plan, const struct data_selection *s);

void dataset_free(struct dataset *d);
