// Which rows make a set: those that a source's `rows` names and all filters let pass, with their labels and whether
// they are anomalies.
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

// Whether the filters of `cfg` name columns of every table, checked once a table. 0, or -1 and errors.
int data_check_filters(const struct data_config *cfg, const struct data_files *files, struct err *e);

// The rows of a part. At least one, or -1 and errors.
int data_select(const struct data_config *cfg, const struct data_classes *classes, const struct data_part *part,
    struct data_table *const *tables, struct data_selection *out, struct err *e);

// Whether every number that `cfg` calls normal is the label of some row; names were checked by data_labels_match. -1
// and errors that list the labels.
int data_check_normal(
    const struct data_config *cfg, const struct data_classes *classes, const struct data_selection *s, struct err *e);

// Keeps the normal rows alone, where `cfg` says what is normal. At least one, or -1 and an error.
int data_keep_normal(const struct data_config *cfg, struct data_selection *s, struct err *e);

// Keeps the rows where keep[i] == wanted; the others go to `rest` (of the same part) unless it is NULL.
int data_partition(struct data_selection *s, const int8_t *keep, struct data_selection *rest, struct err *e);

void data_selection_free(struct data_selection *s);
