// The leaderboard as columns: one for each metric and each key that a sweep varies, with one value per trial. This is
// the form in which a run's file stores it, and in which it is sorted, filtered and printed with every digit.
#pragma once

#include "leaderboard/row.h"

struct leaderboard_column {
    char *name, *long_name, *units; // owned; units NULL: none
    enum store_type type;           // STORE_TEXT, STORE_I64 or STORE_F64
    double *number;                 // (n), owned; NULL: of strings
    char **text;                    // (n), owned strings; NULL: of numbers
};
struct leaderboard {
    int n, n_columns;
    struct leaderboard_column *column; // (n_columns), owned
    char *sets, *varied;               // owned: test sets and varied keys, one per line
};

// Makes the columns of n rows, in their order.
struct leaderboard *leaderboard_new(const struct leaderboard_row *rows, int n);
void leaderboard_free(struct leaderboard **b);
// Returns the index of the column of this name, or -1.
int leaderboard_find(const struct leaderboard *b, const char *name);

// Adds a column and returns it, for the caller to set its values. Adding another one invalidates the pointer. The
// strings are copied.
struct leaderboard_column *leaderboard_add_column(
    struct leaderboard *b, const char *name, enum store_type type, const char *long_name, const char *units);
void leaderboard_drop_column(struct leaderboard *b, int column);

// Writes a leaderboard as a group of a run's file (such as RUN_LEADERBOARD). The column named `scale` becomes the scale
// of the others.
int leaderboard_write(
    struct store_file *f, const char *group, const char *scale, const struct leaderboard *b, struct err *e);
// Reads the group RUN_LEADERBOARD. Returns NULL and ERR_DATA if a column is damaged or missing.
struct leaderboard *leaderboard_read(struct store_file *f, struct err *e);
// Makes rows again, each of the trial `trials/ID` of the file `path`: b->n of them in new memory. Returns NULL and
// ERR_DATA if there is no column of identities.
struct leaderboard_row *leaderboard_rows(const struct leaderboard *b, const char *path, struct err *e);
