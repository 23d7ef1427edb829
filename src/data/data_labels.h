// Matches the labels of several files. Every file numbers the names of its own labels, so the same number can mean
// different classes in two files. Here the labels of all sources become numbers of classes that the sources share.
#pragma once

#include "data/data_table.h"

// Gives the labels of all tables a common meaning, and finds the labels that `data.normal` names. If one source has
// names for its labels, all labels become indices into files->classes.names, where the digits of a number count as its
// name. Otherwise labels stay as they are. `tables[part]` are the tables of parts[part]. Returns -1 and errors if
// labels that must be compared cannot be matched, or if `data.normal` has a name that no source has.
int data_labels_match(const struct data_config *cfg, const struct data_part *const *parts,
    struct data_table *const *const *tables, int n_parts, struct data_files *files, struct err *e);

// Checks a filter on the label of a table. Call it after data_labels_match. Returns -1 and errors on failure.
int data_labels_check_filter(
    const struct data_filter *f, const struct data_table *t, const struct data_classes *classes, struct err *e);
// Sets value (f->n) to the values of a filter on the label of a table, for a comparison with data_labels_value of the
// table's rows. If the labels of the table have names, each value becomes the number of a class.
void data_labels_filter_values(const struct data_filter *f, const struct data_table *t,
    const struct data_classes *classes, struct filter_number *value);
int64_t data_labels_value(const struct data_table *t, const struct data_classes *classes, int64_t row);

// Returns a hash of the names of the labels of all rows, in new memory. It identifies the labels of a table. Call it
// before data_labels_match.
char *data_labels_hash(const struct data_table *t);
