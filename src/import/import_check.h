// Observes the rows of an import: missing and infinite values, columns that never vary, how often each label occurs.
#pragma once

#include "import/import.h"

struct import_check;
// `name` is that of the source, `features` (columns) are names or NULL; both are borrowed. Returns NULL and an error if
// memory is short.
struct import_check *import_check_new(
    const char *name, const struct store_shape *shape, char *const *features, struct err *e);
void import_check_free(struct import_check **c);
// Looks at the next rows.  x (rows, columns) of the type of the shape.
void import_check_rows(struct import_check *c, int64_t rows, const void *x);
// Reports value i of the next rows, which is finite but beyond f4. Stops after the first 20.
void import_check_beyond(struct import_check *c, int64_t i, double value, struct err *e);
// Counts the labels of the next rows.
void import_count_labels(struct import_check *c, int64_t rows, const int64_t *label);
// Looks at the times of the next rows, which may go backwards. group: of the rows; NULL: all are one group.
void import_check_times(struct import_check *c, int64_t rows, const int64_t *time, const int64_t *group);
// Fills in the counts, which the summary owns from now on, and the warnings about columns that never vary and infinite
// values. Call it once.
void import_check_summary(struct import_check *c, struct import_summary *s);
