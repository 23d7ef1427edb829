// The leaderboard as columns: one for each metric and each key that a sweep varies, a row for each trial. What a run's
// file holds, and what can be sorted, filtered and printed with every digit.
#pragma once

#include "leaderboard/row.h"

struct leaderboard_column {
    char *name, *long_name, *units; // owned; units NULL: none
    enum store_type type;           // STORE_TEXT, STORE_I64 or STORE_F64
    double *number;                 // (n), owned; NULL: of texts
    char **text;                    // (n), owned texts; NULL: of numbers
};
struct leaderboard {
    int n, n_columns;
    struct leaderboard_column *column; // (n_columns), owned
    char *sets, *varied;               // owned: test sets and varied keys, one a line
};

// Makes the columns of n rows, in their order.
struct leaderboard *leaderboard_new(const struct leaderboard_row *rows, int n);
void leaderboard_free(struct leaderboard **b);
// -1: there is none.
int leaderboard_find(const struct leaderboard *b, const char *name);

// A column more, whose values are to be set. The pointer is good until the next one is added.
struct leaderboard_column *leaderboard_add_column(
    struct leaderboard *b, const char *name, enum store_type type, const char *long_name, const char *units);
void leaderboard_drop_column(struct leaderboard *b, int column);

// As a group of a run's file (RUN_LEADERBOARD), whose scale is the column of that name.
int leaderboard_write(
    struct store_file *f, const char *group, const char *scale, const struct leaderboard *b, struct err *e);
struct leaderboard *leaderboard_read(struct store_file *f, struct err *e);
// Rows as they were, each of the trial `trials/ID` of the file `path`: new memory (b->n of them). NULL and why.
struct leaderboard_row *leaderboard_rows(const struct leaderboard *b, const char *path, struct err *e);
