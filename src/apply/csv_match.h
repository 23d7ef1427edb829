// Finds which fields of a CSV file are the columns of a model: by name, or by position if the file has no names.
#pragma once

#include "apply/csv_stream.h"
#include "base/text.h"

// Options for reading new data. Strings are NULL if not given.
struct csv_options {
    int header;      // enum import_header
    char *delimiter; // one character, "tab" or "space"
    char *missing;   // tokens that mean a missing value
    int decimal;     // enum import_decimal
    char *drop;      // columns to leave out
    char *id;        // the column that holds the name of each row
    char *time;      // the column that holds the time of each row
    char *group;     // the column that holds the group of each row
    int unknown;     // enum unknown_policy
};
extern const char *const csv_header_choices[], *const csv_decimal_choices[];

// What happens to a row with a category that the model does not know. The names are in csv_unknown_choices.
enum unknown_policy {
    UNKNOWN_REPORT,    // the row has the error that the model computes, and is counted
    UNKNOWN_ANOMALOUS, // the row is anomalous, whatever its error is
    UNKNOWN_ERROR,     // the file is refused
};
extern const char *const csv_unknown_choices[];

struct columns;

// The columns that a model needs.
struct csv_wanted {
    char *const *names; // (n), borrowed; NULL: the columns have no names
    int n;
    const struct columns *columns; // (n), borrowed: says which columns hold text; columns->n = 0: none does
    const char *group_name;        // borrowed: name of the column of groups; NULL: groups are not needed
};

enum { FIELD_IGNORED = -1, FIELD_ID = -2, FIELD_TIME = -3, FIELD_GROUP = -4 }; // none is a column of the model

struct csv_match {
    struct csv_delimiter delimiter;
    bool has_header;
    bool has_row_names; // each row begins with its name, and the header has no field for it
    int n;              // number of fields of a row
    char **names;       // (n), owned; "": the field has no name
    int *use;           // (n), owned; the column of the model, or one of the constants above
};

// Reads the first records of a stream, finds the fields in them, and leaves the stream before the first row. Appends
// what the user should know to `notes`, one per line. Returns -1 and errors if columns are missing or the file has no
// row. The caller frees *m in any case.
int csv_match_make(struct csv_match *m, struct csv_stream *s, const struct csv_wanted *wanted,
    const struct csv_options *o, struct text *notes, struct err *e);
void csv_match_free(struct csv_match *m);
bool csv_match_has_groups(const struct csv_match *m);
