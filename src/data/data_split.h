// Splits a selection: some of its rows become a set of their own. These rows are drawn at random and stratified by
// label, are the latest ones, or are whole groups.
#pragma once

#include "data/data_select.h"

enum data_split_purpose {
    SPLIT_TEST = 0,
    SPLIT_VALIDATION = 1,
    SPLIT_FOLD = 2,
    SPLIT_PROTOCOL = 3
}; // numbers of random streams, so that splits with the same seed differ

// Moves round(fraction * rows) rows, at least one but not all, from `s` to `part`. The fraction is cfg->test_fraction
// for SPLIT_TEST, otherwise cfg->validation_fraction. Both selections keep their order. By rows: every label has its
// share, rounded by largest remainder, and the rows drawn depend on the seed, `purpose` and the rank of the label. By
// time: the latest rows are moved. By group: whole groups are moved (split_parts.h). Returns -1 and an error if the
// rows cannot be split.
int data_split(const struct data_config *cfg, struct data_selection *s, enum data_split_purpose purpose,
    struct data_selection *part, struct err *e);

// Moves the rows of fold cfg->fold of cfg->folds from `s` to `part`. Both keep their order. By rows: every label is
// spread evenly over the folds at random. By group: whole groups are spread. By time: folds are periods with equal
// numbers of rows. Returns -1 and an error if the fold would be empty, or if cfg->fold is 0.
int data_split_fold(
    const struct data_config *cfg, struct data_selection *s, struct data_selection *part, struct err *e);
