// The columns of a CSV file: their names, and which are features, label or left out.
#pragma once

#include "import/csv_lines.h"
#include "import/csv_number.h"
#include "import/import.h"

enum { CSV_LEFT_OUT = -1, CSV_LABEL = -2, CSV_KEPT = -3 }; // CSV_KEPT: not numbered yet

struct csv_columns {
    int n;
    char **names; // (n), owned: from the header, or column_1, column_2, ...
    int *use;     // (n), owned: the number of the feature, CSV_LEFT_OUT or CSV_LABEL
    int n_features;
    int header_line;         // the line of the first record
    bool has_header;         // the first record is one
    bool has_numeric_header; // it holds numbers, and was taken for one because of what follows
    bool is_doubtful;        // it holds no number, and was taken for a header, or for data, but could be the other
    bool may_be_header;      // it counts the columns, and was taken for data
    bool has_row_names;      // the first column has no name, and is left out unless it is asked for
    bool has_trailing; // the last column is empty, behind a delimiter at the ends of lines, and is left out as well
    bool has_label;
};

// Reads the first records and applies --header, --columns, --drop and --label. Every mistake in one pass.
int csv_columns_find(struct csv_columns *c, const char *path, struct csv_dialect dialect,
    const struct csv_missing *missing, const struct import_options *o, struct err *e);
bool csv_is_utf8(const char *text);
void csv_columns_free(struct csv_columns *c);
