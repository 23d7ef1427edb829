// The columns of a CSV file: their names, and which are data, label, id, time, group or left out.
#pragma once

#include "import/csv_lines.h"
#include "import/csv_number.h"
#include "import/import.h"

enum {
    CSV_LEFT_OUT = -1,
    CSV_LABEL = -2,
    CSV_KEPT = -3, // not numbered so far
    CSV_ID = -4,
    CSV_TIME = -5,
    CSV_GROUP = -6
};

struct csv_columns {
    int n;
    char **names;            // (n), owned: from the header, or column_1, column_2, ...
    int *use;                // (n), owned: the number among the columns of data, or one of the above
    int n_data;              // columns of data
    int header_line;         // the line of the first record
    bool has_header;         // the first record names the columns
    bool has_numeric_header; // the header holds numbers: the records below it decided
    bool is_doubtful;        // the first record has no number and could be a header or data
    bool may_be_header;      // the first record counts the columns and is read as data
    bool has_row_names;      // the first column has no name: left out unless --columns names it
    bool has_trailing;       // lines end with a delimiter: the empty last column is left out as well
    bool has_label, has_id, has_time, has_group;
    struct text ignored; // names of columns that --like does not have, as a list, owned
};

// Reads the first records and applies --header, --columns, --drop, --label, --id, --time and --group. Returns -1 and an
// error for every mistake. The caller frees `c` in every case.
int csv_columns_find(struct csv_columns *c, const char *path, struct csv_dialect dialect,
    const struct csv_missing *missing, const struct import_options *o, struct err *e);
void csv_columns_free(struct csv_columns *c);

// Returns the first column with this use, or -1.
int csv_columns_find_use(const struct csv_columns *c, int use);
// Returns the column that `wanted` names, or whose number from 1 it is. Returns -1 and an error, which names the
// option, if there is none.
int csv_columns_find_name(
    const struct csv_columns *c, const char *path, const char *option, const char *wanted, struct err *e);
