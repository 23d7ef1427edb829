// The leaderboard as columns: one for each metric and one for each key that a sweep varies, with one value per trial. A
// run's file stores the leaderboard in this form. Commands sort, filter and print it in this form, too.
#pragma once

#include "leaderboard/row.h"

struct leaderboard_column {
    char *name, *long_name, *units; // owned; `units` NULL: no units
    enum store_type type;           // STORE_TEXT, STORE_I64 or STORE_F64
    double *number;                 // (n), owned; NULL: the column holds strings
    char **text;                    // (n), owned strings; NULL: the column holds numbers
};
struct leaderboard {
    int n, n_columns;
    struct leaderboard_column *column; // (n_columns), owned
    char *sets, *varied;               // owned: the test sets and the varied keys, one per line
};

// Makes the columns from n rows. They keep the order of the rows.
struct leaderboard *leaderboard_new(const struct leaderboard_row *rows, int n);
void leaderboard_free(struct leaderboard **b);
// Returns the index of the column called `name`. Returns -1 if there is none.
int leaderboard_find(const struct leaderboard *b, const char *name);

// Adds a column and returns it, so that the caller can set its values. The pointer is valid until the next column is
// added. Copies the strings.
struct leaderboard_column *leaderboard_add_column(
    struct leaderboard *b, const char *name, enum store_type type, const char *long_name, const char *units);
void leaderboard_drop_column(struct leaderboard *b, int column);

// Writes a leaderboard as a group of a run's file, such as RUN_LEADERBOARD. The column called `scale` becomes the
// dimension scale of the other columns.
int leaderboard_write(
    struct store_file *f, const char *group, const char *scale, const struct leaderboard *b, struct err *e);
// Reads the group RUN_LEADERBOARD of a run's file. Returns NULL and ERR_DATA if a column or an attribute is damaged or
// missing.
struct leaderboard *leaderboard_read(struct store_file *f, struct err *e);
// Returns the leaderboard as b->n rows, in new memory. Each row names `path` as its file and trials/ID as its group.
// Returns NULL and ERR_DATA if `b` has no column of trial ids.
struct leaderboard_row *leaderboard_rows(const struct leaderboard *b, const char *path, struct err *e);
