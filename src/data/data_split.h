// Stratified random splits: a fraction of a selection's rows becomes a set of its own.
#pragma once

#include "data/data_select.h"

enum data_split_purpose { SPLIT_TEST = 0, SPLIT_VALIDATION = 1 }; // two splits of one seed differ

// Moves round(fraction * rows) rows, at least one but not all, from `s` to `part`; both keep their order. Every label
// has its share, rounded by largest remainder. (seed, purpose, rank of the label) decide which rows are drawn. Returns
// -1 and an error if there are fewer than two rows.
int data_split(struct data_selection *s, double fraction, int64_t seed, enum data_split_purpose purpose,
    struct data_selection *part, struct err *e);
