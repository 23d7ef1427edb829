// Checks of the values of a selection before anything is computed from them.
#pragma once

#include "data/data_select.h"

// Returns -1 and an error if every column is constant.
int data_check_varies(const struct data_selection *s, struct err *e);

// Refuses infinite values, and missing ones unless they can be filled: one message for each source gives their count
// and the first of them. With `marks` nothing is refused: *marks becomes new memory (rows) with a 1 for each row with
// such a value, and stays NULL if there is none. Sets *has_missing if there are missing values.
int data_check_values(const struct data_selection *s, bool can_fill, int8_t **marks, bool *has_missing, struct err *e);

// Returns -1 and errors at `at` (NULL: at the sources) if values are not bytes.
int data_check_bytes(const struct node *at, const struct data_selection *s, struct err *e);
