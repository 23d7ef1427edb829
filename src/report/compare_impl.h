// What the files of compare share.
#pragma once

#include "report/compare.h"

// Of two trials of one spec; d's id and columns are the caller's.
int drift_of(const struct leaderboard_row *a, const struct leaderboard_row *b, struct compare_drift *d, struct err *e);
