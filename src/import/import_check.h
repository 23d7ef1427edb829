// Examines the rows of an import: finds missing and infinite values and columns that never vary, and counts each label.
#pragma once

#include "import/import.h"

struct import_check;
// Makes a check. `name` is the name of the source, and `features` (columns) are names or NULL; both are borrowed.
// Returns NULL and an error if memory is short.
struct import_check *import_check_new(
    const char *name, const struct store_shape *shape, char *const *features, struct err *e);
void import_check_free(struct import_check **c);
// Examines the next rows. x (rows, columns) is of the type of the shape.
void import_check_rows(struct import_check *c, int64_t rows, const void *x);
// Reports that value i of the next rows is finite but too large for f4. Reports only the first 20 such values.
void import_check_beyond(struct import_check *c, int64_t i, double value, struct err *e);
// Counts the labels of the next rows.
void import_count_labels(struct import_check *c, int64_t rows, const int64_t *label);
// Checks whether the times of the next rows go backwards. group (rows): the groups; NULL: all rows are in one group.
void import_check_times(struct import_check *c, int64_t rows, const int64_t *time, const int64_t *group);
// Fills in the counts, which the summary then owns, and adds the warnings: about columns that never vary, infinite
// values, and times that are missing or go backwards. Call it once.
void import_check_summary(struct import_check *c, struct import_summary *s);
