// Splits: a fraction of a selection's rows becomes a set of its own, at random and stratified, or the last ones.
#pragma once

#include "data/data_select.h"

enum data_split_purpose {
    SPLIT_TEST = 0,
    SPLIT_VALIDATION = 1,
    SPLIT_FOLD = 2,
    SPLIT_PROTOCOL = 3
}; // splits of one seed differ

// Moves round(fraction * rows) rows, at least one but not all, from `s` to `part`; both keep their order. The fraction
// is that of `purpose` in `cfg`. By rows, every label has its share, rounded by largest remainder, and (seed, purpose,
// rank of the label) decide which rows are drawn. By time, the latest rows go, and by group whole groups
// (split_parts.h). Returns -1 and an error if the rows cannot be split.
int data_split(const struct data_config *cfg, struct data_selection *s, enum data_split_purpose purpose,
    struct data_selection *part, struct err *e);

// Moves the rows of fold cfg->fold of cfg->folds from `s` to `part`; both keep their order. By rows, every label is
// spread evenly over the folds at random; by group, whole groups are; by time, folds are periods of as many rows each.
// Returns -1 and an error if a fold would be empty.
int data_split_fold(
    const struct data_config *cfg, struct data_selection *s, struct data_selection *part, struct err *e);
