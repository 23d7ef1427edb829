// Which rows of a leaderboard, and in which order.
#pragma once

#include "leaderboard/leaderboard.h"
#include <stdio.h>

// "COLUMN OP VALUE" with = != < <= > >=, each of which a row must meet (a missing value meets none), then by a column:
// upwards, or with "-" before its name downwards, missing values last; `sort` NULL: as they are. The row numbers, new
// memory (*n). NULL and what is wrong, with the columns that there are.
int *select_rows(const struct leaderboard *b, char *const *where, int n_where, const char *sort, int *n, struct err *e);

// The selected rows with every column and every digit.
void select_print_csv(const struct leaderboard *b, const int *rows, int n, FILE *out);
void select_print_json(const struct leaderboard *b, const int *rows, int n, FILE *out);
