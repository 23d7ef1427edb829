// Finds the columns of a CSV file: their names, and which are data, label, id, time, group or left out.
#pragma once

#include "import/csv_lines.h"
#include "import/csv_number.h"
#include "import/import.h"

enum {
    CSV_LEFT_OUT = -1,
    CSV_LABEL = -2,
    CSV_KEPT = -3, // kept as data, but not numbered so far
    CSV_ID = -4,
    CSV_TIME = -5,
    CSV_GROUP = -6
};

struct csv_columns {
    int n;
    char **names;            // (n), owned: from the header, or column_1, column_2, ...
    int *use;                // (n), owned: the number among the columns of data, or one of the constants above
    int n_data;              // number of columns of data
    int header_line;         // the line of the first record
    bool has_header;         // the first record names the columns
    bool has_numeric_header; // the header holds numbers, and was recognized by the records below it
    bool is_doubtful;        // the first record has no number and could be either a header or data
    bool may_be_header;      // the first record holds 1, 2, 3, ... and is read as data
    bool has_row_names;      // the first column holds names of rows: left out unless --columns keeps it
    bool has_trailing;       // lines end with a delimiter: the empty last column is left out
    bool has_label, has_id, has_time, has_group;
    struct text ignored; // list of the names of columns that --like does not have, owned
};

// Reads the first records and applies --header, --columns, --drop, --label, --id, --time and --group. Returns -1 and
// errors, one for every mistake. The caller frees *c in every case.
int csv_columns_find(struct csv_columns *c, const char *path, struct csv_dialect dialect,
    const struct csv_missing *missing, const struct import_options *o, struct err *e);
void csv_columns_free(struct csv_columns *c);

// Returns the first column with this use, or -1.
int csv_columns_find_use(const struct csv_columns *c, int use);
// Returns the index of the column that the value `wanted` of an option gives, by its name or its number (from 1).
// Returns -1 and an error that names the option if there is no such column.
int csv_columns_find_name(
    const struct csv_columns *c, const char *path, const char *option, const char *wanted, struct err *e);
