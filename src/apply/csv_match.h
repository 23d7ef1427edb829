// Which fields of a CSV file are the columns that a model takes: by name, or without names by position.
#pragma once

#include "apply/csv_stream.h"
#include "base/text.h"

// What the user says about new data. Strings are NULL if not given.
struct csv_options {
    int header;      // enum import_header
    char *delimiter; // one character, "tab" or "space"
    char *missing;   // tokens that mean a missing value
    int decimal;     // enum import_decimal
    char *drop;      // columns to leave out
    char *id;        // the column that names the rows
    char *time;      // the column that says when each row was
    char *group;     // the column that says to which group each row belongs
};

struct columns;

// The columns that a model takes.
struct csv_wanted {
    char *const *names; // (n), borrowed; NULL: they have none
    int n;
    const struct columns *columns; // (n), borrowed: which of them hold text; columns->n = 0: none
    const char *group_name;        // borrowed: the column of the groups; NULL: they are not wanted
};

enum { FIELD_IGNORED = -1, FIELD_ID = -2, FIELD_TIME = -3, FIELD_GROUP = -4 }; // not a column of the model

struct csv_match {
    struct csv_delimiter delimiter;
    bool has_header;
    bool has_row_names; // the header has one field less than the rows, whose first field names them
    int n;              // fields of a row
    char **names;       // (n), owned; "" for those without
    int *use;           // (n), owned: the column of the model, or one of the above
};

// Reads the first records of a stream, finds the fields in them, and leaves the stream before the first row. Adds what
// the user should know to `notes`, one per line. Returns -1 and errors if the file does not have the columns or has no
// row. The caller frees `m` in any case.
int csv_match_make(struct csv_match *m, struct csv_stream *s, const struct csv_wanted *wanted,
    const struct csv_options *o, struct text *notes, struct err *e);
void csv_match_free(struct csv_match *m);
bool csv_match_has_groups(const struct csv_match *m);
