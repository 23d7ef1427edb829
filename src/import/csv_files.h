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
    int64_t rows;               // set by the first pass
};

struct csv_files {
    struct csv_file *v; // (n), owned: without those that are empty
    int n;
};

// Returns true if both files are CSV and have the same columns, so that they are files of one table and not data and
// labels. A file with one column and no header is taken for labels.
bool csv_is_one_table(const char *a, const char *b, const struct import_options *o);
// Finds dialect and columns of a file, or of all o->tables. Files without a byte are left out with a warning. Returns
// -1 and errors on failure, also for files whose columns differ from those of the first. Free in every case.
int csv_files_open(struct csv_files *f, const char *path, const struct csv_missing *missing,
    const struct import_options *o, struct text *warnings, struct err *e);
void csv_files_free(struct csv_files *f);
