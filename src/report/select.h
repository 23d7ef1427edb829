// Selects and sorts rows of a leaderboard, as `hourglass top --where ... --sort ...` does.
#pragma once

#include "leaderboard/leaderboard.h"
#include <stdio.h>

// Returns the numbers of the rows that meet every condition where[0..n_where), in new memory, and sets *n to how many
// there are. A condition is "COLUMN OP VALUE" with OP one of = != < <= > >=; a missing value meets no condition. `sort`
// names the column to sort by: in ascending order, or in descending order with "-" before the name. Missing values come
// last. If `sort` is NULL, the order of the leaderboard is kept. Returns NULL with ERR_USAGE and every mistake if a
// condition or the column is wrong.
int *select_rows(const struct leaderboard *b, char *const *where, int n_where, const char *sort, int *n, struct err *e);
// Returns the name of the column of a condition that select_rows has accepted, in new memory.
char *select_column(const char *condition);

// Print the rows rows[0..n), with every column and every digit.
void select_print_csv(const struct leaderboard *b, const int *rows, int n, FILE *out);
void select_print_json(const struct leaderboard *b, const int *rows, int n, FILE *out);
