// What the labels of several sources mean together. Every file numbers the names of its own labels, so the same number
// means another class in another file. Here labels become numbers of classes that all sources share.
#pragma once

#include "data/data_table.h"

// Brings the labels of all tables to one meaning and finds the labels that `data.normal` names. If one source names its
// labels, all labels become indices into files->classes.names, a number counting as the name that its digits spell;
// else they stay what they are. `tables[part]` are those of parts[part]. -1 and errors: labels that would be compared
// but cannot be matched, and names that no source has.
int data_labels_match(const struct data_config *cfg, const struct data_part *const *parts,
    struct data_table *const *const *tables, int n_parts, struct data_files *files, struct err *e);

// Checks a filter on the label of a table, after data_labels_match.
int data_labels_check_filter(
    const struct data_filter *f, const struct data_table *t, const struct data_classes *classes, struct err *e);
// value (f->n) := the values of a filter on the label of a table, to compare with data_labels_value of its rows: of
// labels with names the classes, which are integers.
void data_labels_filter_values(const struct data_filter *f, const struct data_table *t,
    const struct data_classes *classes, struct filter_number *value);
int64_t data_labels_value(const struct data_table *t, const struct data_classes *classes, int64_t row);

// What identifies the labels of a table before data_labels_match: the hash of the names of all rows, in new memory.
char *data_labels_hash(const struct data_table *t);
