// The rows that make a set: those that `rows` of a source names and that pass all filters, with their labels and
// whether they are anomalies.
#pragma once

#include "data/data_config.h"
#include "data/data_table.h"

struct data_selection {
    const struct data_part *part;     // borrowed
    struct data_table *const *tables; // (part->n), borrowed: of each source
    int64_t rows;
    int32_t *source;    // (rows), owned: which of part's sources
    int64_t *index;     // (rows), owned: the row's number there
    int64_t *label;     // (rows), owned; NULL: not every source has labels
    int8_t *is_anomaly; // (rows), owned; NULL: unknown
};

// Checks that the filters of `cfg` name columns of every table. Returns -1 and errors if not.
int data_check_filters(const struct data_config *cfg, const struct data_files *files, struct err *e);

// Selects the rows of a part. Returns -1 and errors if there is none. The caller frees `out`.
int data_select(const struct data_config *cfg, const struct data_classes *classes, const struct data_part *part,
    struct data_table *const *tables, struct data_selection *out, struct err *e);

// Checks that every number that `cfg` calls normal is the label of some row; data_labels_match checked names. Returns
// -1 and errors that list the labels if not.
int data_check_normal(
    const struct data_config *cfg, const struct data_classes *classes, const struct data_selection *s, struct err *e);

// Keeps only the normal rows if `cfg` says what is normal. Returns -1 and an error if none is left.
int data_keep_normal(const struct data_config *cfg, struct data_selection *s, struct err *e);

// Keeps the rows with keep[i] != 0 and moves the others to `rest`, unless it is NULL. Returns -1 and an error if memory
// is short.
int data_partition(struct data_selection *s, const int8_t *keep, struct data_selection *rest, struct err *e);

void data_selection_free(struct data_selection *s);
