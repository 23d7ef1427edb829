// What the files of new_rows.c share.
#pragma once

#include "apply/csv_match.h"
#include "apply/new_rows.h"
#include "base/text.h"
#include "import/csv_dictionary.h"
#include "import/csv_number.h"
#include "import/source.h"

enum { NEW_ROWS_PART = 256 }; // rows that one thread reads at a time

// What a part of a piece found.
struct rows_part {
    int64_t bad_row; // the first that is no row of this table; -1: none
    int bad_fields;  // how many fields it has; 0: a quote is wrong
    int64_t texts;   // values that are no numbers
    int64_t text_row;
    int text_field;
    char text[QUOTE_ROOM]; // the first of them
    int64_t filled;        // rows with missing values that are filled
    int64_t empty;         // of these, rows without any value
    int64_t strangers;     // rows of groups that the scaling does not know
    int64_t stranger_row;  // the first of them
    int64_t unknowns;      // categories that the model does not know
    int64_t unknown_row;
    int unknown_field;
    char unknown[QUOTE_ROOM]; // the first of them
    bool has_bad_utf8;        // some of them are not UTF-8
};

struct new_rows_state {
    int next_file;
    bool is_csv, is_open;
    struct csv_stream stream;
    struct csv_match match;
    struct csv_missing missing;
    struct source *source;   // owned; a file that is not CSV
    int64_t row;             // rows of the file that were read
    void *values;            // (most, columns) as stored, owned
    int64_t *label;          // (most), owned: read and not used
    char **ids;              // (most), owned, as are the strings: of rows that are not CSV; NULL: they have none
    struct rows_part *parts; // (most / PART_ROWS), owned
    int64_t texts;           // fields that are text in place of a number and were not reported yet
    int64_t filled, empty;   // rows with filled values that were not reported yet; those of them without any value
    char first_text[300];    // where the first of them is
    char **names;            // (n_names), owned: of the columns that a table must have; NULL: they have none
    int n_names;
    struct csv_dictionary *categories; // (columns->n), owned: of the model; empty: not of text
    struct csv_dictionary groups;      // of the scaling, in its order; empty: it is the same for all rows
    int file_group;                    // that of all rows of the file if files are groups; -1: it has none of its own
    int64_t strangers;                 // rows of groups that the scaling does not know
    char first_stranger[300];
    int64_t *unknowns; // (columns->n), owned: rows with an unknown category
    int64_t n_unknowns;
    bool has_bad_utf8; // some of them are not UTF-8
    char first_unknown[300];
};

// Enters the groups of the scaling.
void new_groups_enter(struct new_rows *r);
// Finds out where the groups of the file's rows are. Returns -1 and an error if the scaling needs them and the file has
// none.
int new_groups_open(struct new_rows *r, struct err *e);
// Returns the number of the group of row i of the piece in the scaling; -1: none.
int new_groups_of_row(const struct new_rows *r, struct rows_part *part, int64_t i);
// Adds up what a part found, while its piece is in memory.
void new_groups_count(struct new_rows *r, const struct rows_part *part);
// Adds a warning of rows whose groups are unknown, after the last file.
void new_groups_warn(struct new_rows *r);

// Returns what the current file is called in messages.
const char *new_rows_title(const struct new_rows *r);

// Reads record `i` of the piece into row (columns). Returns the number of its fields, or 0 if a quote is wrong. What it
// found is kept with the part. Several threads call it at the same time.
int csv_row_read(struct new_rows *r, struct rows_part *part, int64_t i, double *row);
// Reports the first record of a part that is no row of the table. Returns -1.
int csv_row_refuse(const struct new_rows *r, const struct rows_part *part, struct err *e);
// Adds up what a part found, while its piece is in memory.
void csv_rows_count(struct new_rows *r, const struct rows_part *part);
// Adds warnings of values that count as missing, after the last file.
void csv_rows_warn(struct new_rows *r);
