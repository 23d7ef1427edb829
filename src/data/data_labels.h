// Every file numbers the names of its own labels, so the same number can mean different classes in two files. Here the
// labels of all sources become numbers of classes that the sources share.
#pragma once

#include "data/data_table.h"

// Gives the labels of all tables one meaning and finds the labels that `data.normal` names. If one source names its
// labels, all labels become indices into files->classes.names, where a number counts as the name that its digits spell;
// otherwise they stay as they are. `tables[part]` are those of parts[part]. Returns -1 and errors for labels that would
// be compared but cannot be matched, and for names that no source has.
int data_labels_match(const struct data_config *cfg, const struct data_part *const *parts,
    struct data_table *const *const *tables, int n_parts, struct data_files *files, struct err *e);

// Checks a filter on the label of a table, after data_labels_match. Returns -1 and errors on failure.
int data_labels_check_filter(
    const struct data_filter *f, const struct data_table *t, const struct data_classes *classes, struct err *e);
// value (f->n) := the values of a filter on the label of a table, to compare with data_labels_value of its rows. For
// labels with names these are the classes.
void data_labels_filter_values(const struct data_filter *f, const struct data_table *t,
    const struct data_classes *classes, struct filter_number *value);
int64_t data_labels_value(const struct data_table *t, const struct data_classes *classes, int64_t row);

// Returns what identifies the labels of a table, before data_labels_match: the hash of the names of all rows, in new
// memory.
char *data_labels_hash(const struct data_table *t);
