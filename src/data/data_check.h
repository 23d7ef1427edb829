// Checks the values of a selection before anything is computed from them.
#pragma once

#include "data/data_select.h"

// Returns -1 and an error if every column is constant.
int data_check_varies(const struct data_selection *s, struct err *e);

// Refuses infinite values, and missing ones unless they can be filled. One message per source gives their number and
// the place of the first one. If `marks` is not NULL, nothing is refused: *marks is set to new memory (rows) that marks
// the rows with such a value, or to NULL if there are none. Sets *has_missing if there are missing values.
int data_check_values(const struct data_selection *s, bool can_fill, int8_t **marks, bool *has_missing, struct err *e);

// Returns -1 and errors if values are not bytes. Messages begin with the place of `at`, or with those of the sources if
// `at` is NULL.
int data_check_bytes(const struct node *at, const struct data_selection *s, struct err *e);
