// Internals of struct new_rows, shared by the files of apply/ that read new rows or ask for their groups.
#pragma once

#include "apply/csv_match.h"
#include "apply/new_rows.h"
#include "base/text.h"
#include "import/csv_dictionary.h"
#include "import/csv_number.h"
#include "import/source.h"

enum { NEW_ROWS_PART = 256 }; // rows that one thread reads at a time

// What was found in a part of a piece.
struct rows_part {
    int64_t bad_row; // the first row with a wrong number of fields; -1: none
    int bad_fields;  // number of fields of that row; 0: it has a misplaced quote
    int64_t texts;   // number of values that are not numbers
    int64_t text_row;
    int text_field;
    char text[QUOTE_ROOM]; // the first value that is not a number
    int64_t filled;        // rows whose missing values were filled
    int64_t empty;         // of these, rows without any value
    int64_t strangers;     // number of rows with a group that the scaling does not have
    int64_t stranger_row;  // the first such row
    int64_t unknowns;      // number of fields with a category that the model does not know
    int64_t unknown_row;
    int unknown_field;
    char unknown[QUOTE_ROOM]; // the first unknown category
    bool has_bad_utf8;        // some unknown categories are not UTF-8
};

struct new_rows_state {
    int next_file;
    bool is_csv, is_open;
    struct csv_stream stream;
    struct csv_match match;
    struct csv_missing missing;
    struct source *source;   // owned; reads a file that is not CSV
    int64_t row;             // rows of the file that have been read
    void *values;            // (most, columns), owned: values as stored
    int64_t *label;          // (most), owned: labels, which are read but not used
    char **ids;              // (most), owned, with the strings: ids of a file that is not CSV; NULL: it has none
    struct rows_part *parts; // (most / NEW_ROWS_PART + 1), owned
    int64_t texts;           // number of values that are not numbers and were not reported so far
    int64_t filled, empty;   // filled rows that were not reported so far; of these, rows without any value
    char first_text[300];    // place and content of the first value that is not a number
    char **names;            // (n_names), owned: columns that a table must have; NULL: columns have no names
    int n_names;
    struct csv_dictionary *categories; // (columns->n), owned: categories of each column; empty: it holds no text
    struct csv_dictionary groups;      // groups of the scaling, in its order; empty: it does not scale by group
    int file_group;                    // group of all rows of the file, if files are groups; -1: none
    int64_t strangers;                 // number of rows with a group that the scaling does not have
    char first_stranger[300];
    int64_t *unknowns; // (columns->n), owned: for each column, number of rows with an unknown category
    int64_t n_unknowns;
    bool has_bad_utf8; // some unknown categories are not UTF-8
    char first_unknown[300];
};

// Fills the dictionary of the groups of the scaling.
void new_groups_enter(struct new_rows *r);
// Finds out where the current file has the groups of its rows. Returns -1 and an error if the scaling needs them and
// the file has none.
int new_groups_open(struct new_rows *r, struct err *e);
// Returns the number of the group of row i of the piece in the scaling; -1: none. If the scaling does not have the
// group, counts the row in *part.
int new_groups_of_row(const struct new_rows *r, struct rows_part *part, int64_t i);
// Adds the counts of a part to those of `r`. Call it while the piece is in memory.
void new_groups_count(struct new_rows *r, const struct rows_part *part);
// Adds a warning about rows whose groups are not in the scaling. Call it after the last file.
void new_groups_warn(struct new_rows *r);

// Return true for a folder, for text (standard input, too), and for a picture or a folder of pictures. They return
// false if the file cannot be read.
bool new_rows_is_folder(const char *name);
bool new_rows_is_text(const char *name);
bool new_rows_is_picture(const char *name);

// Returns true if a model cannot take a row (columns): a value is infinite, or missing and the scaling does not fill
// it.
bool new_row_is_refused(const struct scaling *scaling, const double *row, int columns);

// Returns the name of the current file for messages.
const char *new_rows_title(const struct new_rows *r);

// Reads record `i` of the piece into row (columns). Returns the number of its fields, or 0 if it has a misplaced quote.
// Counts in *part what it finds. Several threads call it at the same time.
int csv_row_read(struct new_rows *r, struct rows_part *part, int64_t i, double *row);
// Reports the record at which a part ended early: it has a wrong number of fields or a misplaced quote. Returns -1.
int csv_row_refuse(const struct new_rows *r, const struct rows_part *part, struct err *e);
// If the options refuse unknown categories, reports the first one of a part and returns -1. Otherwise returns 0.
int csv_rows_refuse_unknown(const struct new_rows *r, const struct rows_part *part, struct err *e);
// Adds the counts of a part to those of `r`. Call it while the piece is in memory.
void csv_rows_count(struct new_rows *r, const struct rows_part *part);
// Adds notes and warnings about missing values, text and unknown categories. Call it after the last file.
void csv_rows_warn(struct new_rows *r);
