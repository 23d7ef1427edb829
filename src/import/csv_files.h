// The files of one table: CSV files with the same columns, in any order. Their rows are joined, and each file is a
// group.
#pragma once

#include "import/csv_columns.h"
#include "import/csv_lines.h"
#include "import/csv_number.h"
#include "import/import.h"

struct csv_file {
    const char *path; // borrowed
    struct csv_dialect dialect;
    struct csv_columns columns; // owned; columns of data are numbered as in the first file
    int64_t rows;               // number of rows, set by the first pass
};

struct csv_files {
    struct csv_file *v; // (n), owned: the files that are not empty
    int n;
};

// Returns true if both files are CSV and have the same columns, so that they are files of one table, not data and
// labels. A file with one column and no header counts as labels.
bool csv_is_one_table(const char *a, const char *b, const struct import_options *o);
// Finds dialect and columns of the file `path`, or of all files of o->tables if there are any. Files of 0 bytes are
// left out with a warning. Returns -1 and errors on failure, also if a file has other columns than the first. Free *f
// in every case.
int csv_files_open(struct csv_files *f, const char *path, const struct csv_missing *missing,
    const struct import_options *o, struct text *warnings, struct err *e);
void csv_files_free(struct csv_files *f);
