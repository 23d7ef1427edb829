// Selects the rows of a set: those that `rows` of a source chooses and that pass all filters, with their labels and
// marks of anomalies.
#pragma once

#include "data/data_config.h"
#include "data/data_table.h"

struct data_selection {
    const struct data_part *part;     // borrowed
    struct data_table *const *tables; // (part->n), borrowed: the table of each source
    int64_t rows;
    int32_t *source;    // (rows), owned: number of the source in `part`
    int64_t *index;     // (rows), owned: number of the row in its source
    int64_t *label;     // (rows), owned; NULL: not every source has labels
    int8_t *is_anomaly; // (rows), owned; NULL: unknown
};

// Checks that every table has the columns that the filters of `cfg` name, and that these columns can have the values in
// the filters. Returns -1 and errors if not.
int data_check_filters(const struct data_config *cfg, const struct data_files *files, struct err *e);

// Selects the rows of a part. Returns -1 and errors if no row of a source remains, if a chosen row does not exist, if a
// filter does not fit its table, or if a source has no labels but data.normal needs them. The caller frees `out`.
int data_select(const struct data_config *cfg, const struct data_classes *classes, const struct data_part *part,
    struct data_table *const *tables, struct data_selection *out, struct err *e);

// Checks that each number that `cfg` calls a normal label is the label of some row. (Names were checked by
// data_labels_match.) Returns -1 and errors that list the labels if not.
int data_check_normal(
    const struct data_config *cfg, const struct data_classes *classes, const struct data_selection *s, struct err *e);

// Keeps only the normal rows if `cfg` says which labels are normal. Returns -1 and an error if no row remains.
int data_keep_normal(const struct data_config *cfg, struct data_selection *s, struct err *e);

// Keeps the rows with keep[i] != 0. Moves the others to `rest`, or drops them if `rest` is NULL. Returns -1 and an
// error if memory is short.
int data_partition(struct data_selection *s, const int8_t *keep, struct data_selection *rest, struct err *e);

void data_selection_free(struct data_selection *s);
