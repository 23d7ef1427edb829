// The leaderboard of a run as a text table.
#pragma once

#include "report/table.h"
#include "sweep/run_file.h"

// The first `count` rows (0: all) of the sorted leaderboard: rank, trial, what varies, losses, metrics, seconds.
struct table *leaderboard_table(const struct trial_summary *rows, int n, int count);
