// Checks of the values of a selection before anything is computed from them.
#pragma once

#include "data/data_select.h"

// -1 and an error where every column is constant.
int data_check_varies(const struct data_selection *s, struct err *e);

// Looks for infinite values, which are refused, and missing ones, which are refused unless they can be filled: one
// message a source with the count and the first of them. *has_missing: whether there are any to fill.
int data_check_values(const struct data_selection *s, bool can_fill, bool *has_missing, struct err *e);

// -1 and errors at `at` (NULL: at the sources) where values are not bytes.
int data_check_bytes(const struct node *at, const struct data_selection *s, struct err *e);
