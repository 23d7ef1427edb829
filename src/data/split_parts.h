// Splits by time and by group: which rows of a selection become a set of their own.
#pragma once

#include "data/data_select.h"

// keep[row] := 0 for the latest rows: at least `wanted` of them, and all with the same time as one of these. Without
// times they are the last rows. Returns -1 and an error if a row has no time or if all rows would go.
int split_latest_rows(const struct data_selection *s, int64_t wanted, int8_t *keep, struct err *e);

// keep[row] := 0 for the rows of whole groups, which are drawn at random by (cfg->seed, purpose): a group goes if the
// number of rows that go is then closer to `wanted`. At least one group goes, the smallest one, but not all. Returns -1
// and an error if there are no groups, or fewer than two.
int split_groups(const struct data_config *cfg, const struct data_selection *s, unsigned purpose, int64_t wanted,
    int8_t *keep, struct err *e);

// keep[row] := 0 for the rows of fold cfg->fold of cfg->folds: a period of time with 1 / folds of the rows, and all
// with the same time as its first; without times, neighbouring rows. Returns -1 and an error if a row has no time.
int split_period(const struct data_config *cfg, const struct data_selection *s, int8_t *keep, struct err *e);

// keep[row] := 0 for the rows of the groups that are dealt to fold cfg->fold of cfg->folds, at random. Returns -1 and
// an error if there are fewer groups than folds.
int split_fold_groups(const struct data_config *cfg, const struct data_selection *s, int8_t *keep, struct err *e);
