// The leaderboard as columns: one for each figure and each key that a sweep varies, a row for each trial. What a run's
// file holds, and what can be sorted, filtered and printed with every digit.
#pragma once

#include "leaderboard/row.h"

struct board_column {
    char *name, *long_name, *units; // owned; units NULL: none
    enum store_type type;           // STORE_TEXT, STORE_I64 or STORE_F64
    double *number;                 // (n), owned; NULL: of texts
    char **text;                    // (n), owned texts; NULL: of numbers
};
struct board {
    int n, n_columns;
    struct board_column *column; // (n_columns), owned
    char *sets, *varied;         // owned: test sets and varied keys, one a line
};

// Of summaries, in their order.
struct board *board_new(const struct trial_summary *rows, int n);
void board_free(struct board **b);
// -1: there is none.
int board_find(const struct board *b, const char *name);

// A column more, whose values are to be set. The pointer is good until the next one is added.
struct board_column *board_add(
    struct board *b, const char *name, enum store_type type, const char *long_name, const char *units);
void board_drop(struct board *b, int column);

// As a group of a run's file (RUN_LEADERBOARD), whose scale is the column of that name.
int board_write(struct store_file *f, const char *group, const char *scale, const struct board *b, struct err *e);
struct board *board_read(struct store_file *f, struct err *e);
// Rows as they were, each of the trial `trials/ID` of the file `path`: new memory (b->n of them). NULL and why.
struct trial_summary *board_rows(const struct board *b, const char *path, struct err *e);
