// Text tables: aligned columns for a terminal, the same cells as CSV.
#pragma once

#include <stdio.h>

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table;
struct table *table_new(void);
void table_free(struct table **t);

// Columns are added before the first row. `header` is copied.
void table_column(struct table *t, const char *header, enum table_align align);
// Starts a row; cells follow from left to right, at most one a column. Missing ones are null.
void table_row(struct table *t);
void table_cell(struct table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_null(struct table *t); // nothing known: "–" in text, empty in CSV
// A number as `format` says ("%.4f"), null where it is NaN.
void table_number(struct table *t, const char *format, double value);
void table_rule(struct table *t); // a line across, below the rows so far; not in CSV

// UTF-8 aware: columns fit characters, not bytes. Control characters in cells are shown as '?'. `indent` spaces before
// each line. Errors of writing stay in ferror(out).
void table_print(const struct table *t, int indent, FILE *out);
// RFC 4180 with "\n" at line ends.
void table_print_csv(const struct table *t, FILE *out);
