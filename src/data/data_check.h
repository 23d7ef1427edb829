// Checks the values of a selection before anything is computed from them.
#pragma once

#include "data/data_select.h"

// Returns -1 and an error if every column is constant.
int data_check_varies(const struct data_selection *s, struct err *e);

// Refuses infinite values, and missing ones unless `can_fill`. For each source, one message on the infinite values and
// one on the missing ones give their number and the place of the first. If `marks` is not NULL, nothing is refused:
// *marks, which is NULL at first, becomes new memory (rows) with a 1 for each row that has such a value, or stays NULL
// if no row has one. Sets *has_missing to whether there are missing values.
int data_check_values(const struct data_selection *s, bool can_fill, int8_t **marks, bool *has_missing, struct err *e);

// Returns -1 and errors if values are not bytes. A message begins with the place of `at`, or of its source if `at` is
// NULL.
int data_check_bytes(const struct node *at, const struct data_selection *s, struct err *e);
