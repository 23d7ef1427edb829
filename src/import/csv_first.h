// The first records of a CSV file, which may name the columns or be data.
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
    bool is_same; // the current record has the same field here as the first
    bool repeats; // a record that differs from the first has the same field here
};

// The first record, and what the records below it say about it.
struct first_records {
    char **fields; // (n), owned: the first record
    int n, numbers;
    int line; // where it is
    bool has_nul;

    struct column_sample *below; // (n), owned
    int records, field;
    int longer;       // records with one field more than the first
    int last_empty;   // records of n or n + 1 fields whose last field is empty
    bool is_rising;   // the first column holds integers that rise from record to record
    double last_row;  // the latest number of the first column
    bool ends_empty;  // the latest field is empty
    bool is_repeated; // the second record is equal to the first
    bool is_equal;    // the current record is, so far
    bool is_counting; // the second record continues to count where the first ends
    const struct csv_missing *missing;
    struct csv_table *table;
};

// Reads the first records; `r->missing` must be set. Returns -1 and an error if there is none. Call first_records_free
// in every case.
int first_records_read(struct first_records *r, const char *path, struct csv_dialect dialect, struct err *e);
void first_records_free(struct first_records *r);
// Returns true if the first column numbers the rows: integers that rise, none missing.
bool first_records_rise(const struct first_records *r);
// Returns what the first record counts from, 0 or 1, or -1 if it does not count. pandas and others write such a line
// above columns without names, with an empty field above an index of the rows.
int first_records_count_from(const struct first_records *r);
// Returns true if the first record names the columns, as `header` (enum import_header) says or as it seems.
bool first_records_have_header(const struct first_records *r, int header);
// Returns true if a first record without numbers, read as names or as data, could also be the other.
bool first_records_are_doubtful(const struct first_records *r, bool is_header_record);
