// The state of a CSV source that is being read. source_csv.c, csv_check.c and csv_warn.c share it.
#pragma once

#include "import/csv_columns.h"
#include "import/csv_dictionary.h"
#include "import/csv_encode.h"
#include "import/csv_files.h"
#include "import/csv_labels.h"
#include "import/csv_lines.h"
#include "import/csv_number.h"
#include "import/csv_table.h"
#include "import/id_check.h"
#include "import/source.h"
#include "import/time_column.h"

struct csv {
    struct csv_files files;
    const struct csv_file *file; // the current file, whose path, dialect and columns are copied below
    const char *path;
    struct csv_dialect dialect;
    struct csv_columns columns;

    struct csv_missing missing;
    struct csv_labels labels;
    struct csv_encodings encodings;
    struct time_column time;
    struct csv_dictionary groups;
    struct id_check *ids; // owned
    struct csv_table *table;
    bool skips_record; // the next record is the header
    int field;         // index in the current record
    int64_t rows;      // records so far, in all files
    int64_t file_rows; // records so far in the current file

    // first pass
    int errors;
    int64_t errors_hidden;
    int64_t hashes;    // first fields that begin with '#'
    bool is_whole;     // the file was read to its end
    bool is_first_odd; // the first row has another number of fields than the header
    struct err *e;

    // second pass
    int n_features;
    struct source_rows to; // where the rows of a piece go
    int64_t row;           // the current row within the piece
    double *x;             // (features): the features of the current row
};

// The sink of the first pass checks and counts each field and each record.
void csv_check_field(void *csv, char *text, size_t n);
void csv_check_record(void *csv);
// Reports mistakes that whole columns share, and what to do about them. Returns -1 if the first pass found any mistake.
int csv_check_report(struct csv *c);
// Returns where the labels come from, for messages.
struct csv_labels_origin csv_label_origin(const struct csv *c);
// Warns of choices in reading the file that the user may not have meant.
void csv_warn(struct source *s, const struct csv *c);
