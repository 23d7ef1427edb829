// Tables: aligned columns for a terminal, or the same cells as CSV.
#pragma once

#include <stdio.h>

enum table_align { TABLE_LEFT, TABLE_RIGHT };

// A table. Add the columns first, then rows and their cells from left to right.
struct table;
struct table *table_new(void);
void table_free(struct table **t);

// Adds a column; `header` is copied.
void table_column(struct table *t, const char *header, enum table_align align);
// Starts a row. Its cells are null until they are set.
void table_row(struct table *t);

// Set the next cell of the row. table_cell sets it to a string, and table_null to null ("–" in print, empty in CSV).
// table_number sets it to a number in `format` ("%.4f"), or to null if the number is NaN.
void table_cell(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_null(struct table *t);
void table_number(struct table *t, const char *format, double value);
// Sets the next cell to the fewest digits that give the same double, or to null if it is NaN.
void table_exact_number(struct table *t, double value);
// Draws a rule below the rows so far; CSV has none.
void table_rule(struct table *t);

// Prints the table with `indent` spaces before each line. Columns are aligned by characters (UTF-8), not bytes. Control
// characters are shown as '?'. Errors of writing stay in ferror(out).
void table_print(const struct table *t, int indent, FILE *out);
// Prints CSV (RFC 4180) with "\n" at line ends.
void table_print_csv(const struct table *t, FILE *out);
