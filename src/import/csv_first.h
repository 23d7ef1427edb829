// Reads the first records of a CSV file and decides whether the first one names the columns or is data.
#pragma once

#include "import/csv_lines.h"
#include "import/csv_number.h"
#include "import/import.h"
#include <stdbool.h>

enum { CSV_MOST_FIELDS = 1 << 22 };

struct column_sample {
    double low, high;
    int numbers, texts;
    bool has_fraction;
    bool is_same; // in the current record, the field of this column is the same as in the first
    bool repeats; // some record has the same field here as the first record, but differs from it elsewhere
};

// The first record, and what the records below it show.
struct first_records {
    char **fields; // (n), owned: the first record
    int n, numbers;
    int line; // line of the first record
    bool has_nul;

    struct column_sample *below; // (n), owned
    int records, field;
    int longer;       // records with one field more than the first
    int last_empty;   // records of n or n + 1 fields whose last field is empty
    bool is_rising;   // the integers in the first column increase from record to record
    double last_row;  // the latest number of the first column
    bool ends_empty;  // the latest field is empty
    bool is_repeated; // the second record equals the first
    bool is_equal;    // the fields of the current record equal those of the first so far
    bool is_counting; // the numbers of the second record continue those of the first
    const struct csv_missing *missing;
    struct csv_table *table;
};

// Reads the first records. The caller sets `r->missing` first, and calls first_records_free in every case. Returns -1
// and an error if the file has no record.
int first_records_read(struct first_records *r, const char *path, struct csv_dialect dialect, struct err *e);
void first_records_free(struct first_records *r);
// Returns true if the first column numbers the rows: it holds increasing integers, and none is missing.
bool first_records_rise(const struct first_records *r);
// Returns the number, 0 or 1, from which the first record counts the columns, or -1 if it does not count them. pandas
// and others write such a line above columns without names, with an empty field above an index of the rows.
int first_records_count_from(const struct first_records *r);
// Returns true if the first record names the columns: as `header` (enum import_header) says or, with HEADER_AUTO, as
// the records suggest.
bool first_records_have_header(const struct first_records *r, int header);
// Returns true if a first record without numbers could be either names or data. is_header_record: it was read as names.
bool first_records_are_doubtful(const struct first_records *r, bool is_header_record);
