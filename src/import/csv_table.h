// Passes the records of a CSV file field by field to a sink. Only this file uses libcsv.
#pragma once

#include "import/csv_lines.h"

struct csv_sink {
    void *context;
    void (*field)(void *context, char *text, size_t n); // NUL-terminated; without quotes and blanks around it
    void (*record)(void *context);
};

struct csv_table;
// Opens a file and skips the lines before the table. Returns NULL and an error on failure.
struct csv_table *csv_table_open(const char *path, struct csv_dialect dialect, struct csv_sink sink, struct err *e);
void csv_table_free(struct csv_table **t);
// Passes the fields of one line, which holds at most one record, to the sink. Returns 1, or 0 at the end of the file,
// or -1 and an error.
int csv_table_push_line(struct csv_table *t, struct err *e);
int csv_table_line(const struct csv_table *t); // number of the line that was passed last
