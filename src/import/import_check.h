// What is looked at while rows pass by: missing and infinite values, columns that never vary, how often each label
// occurs.
#pragma once

#include "import/import.h"

struct import_check;
// `name`: of the source; `features` (columns): names or NULL; both borrowed. NULL and an error without memory.
struct import_check *import_check_new(
    const char *name, const struct store_shape *shape, char *const *features, struct err *e);
void import_check_free(struct import_check **c);
// The next rows.  x (rows, columns) of the shape's type.
void import_check_rows(struct import_check *c, int64_t rows, const void *x);
// A value of the next rows, counted row by row, that is finite, but beyond f4: an error, unless there were many.
void import_check_beyond(struct import_check *c, int64_t i, double value, struct err *e);
void import_count_labels(struct import_check *c, int64_t rows, const int64_t *label);
// Counts, and warnings about columns that do not vary and infinite values.
void import_check_summary(struct import_check *c, struct import_summary *s);
