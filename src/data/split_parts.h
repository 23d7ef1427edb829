// Splits by time and by group: finds the rows of a selection that become a set of their own.
#pragma once

#include "data/data_select.h"

// Sets keep[row] to 0 for the latest rows: at least `wanted` rows, and all rows with the same time as one of these.
// Without times, the latest rows are the last ones. Returns -1 and an error if a row has no time, or if no row would be
// kept.
int split_latest_rows(const struct data_selection *s, int64_t wanted, int8_t *keep, struct err *e);

// Sets keep[row] to 0 for the rows of whole groups. Rows without a group count as one group. Groups are drawn in a
// random order that depends on cfg->seed and `purpose`. A group is taken if that brings the number of rows closer to
// `wanted`. If no group does, the smallest one is taken. At least one group is kept. Returns -1 and an error if there
// are fewer than two groups.
int split_groups(const struct data_config *cfg, const struct data_selection *s, unsigned purpose, int64_t wanted,
    int8_t *keep, struct err *e);

// Sets keep[row] to 0 for the rows of fold cfg->fold of cfg->folds. A fold is a period of time with 1 / folds of the
// rows. Rows with the same time are in the same fold. Without times, a fold is a block of consecutive rows. Returns -1
// and an error if a row has no time.
int split_period(const struct data_config *cfg, const struct data_selection *s, int8_t *keep, struct err *e);

// Sets keep[row] to 0 for the rows of the groups in fold cfg->fold of cfg->folds. Rows without a group count as one
// group. Groups are dealt to the folds at random. Returns -1 and an error if there are fewer groups than folds.
int split_fold_groups(const struct data_config *cfg, const struct data_selection *s, int8_t *keep, struct err *e);
