// Stratified random splits: a fraction of a selection's rows becomes a set of its own.
#pragma once

#include "data/data_select.h"

enum data_split_purpose { SPLIT_TEST = 0, SPLIT_VALIDATION = 1 }; // two splits of one seed differ

// Moves round(fraction * rows) rows (at least one, and at least one stays) from `s` to `part`, both in their old order.
// Every label has its share, rounded by largest remainder; rows are drawn by (seed, purpose, rank of the label) alone.
// -1 and an error where there are fewer than two rows.
int data_split(struct data_selection *s, double fraction, int64_t seed, enum data_split_purpose purpose,
    struct data_selection *part, struct err *e);
