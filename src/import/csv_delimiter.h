// The character that separates the fields of a line, and how --delimiter names it.
#pragma once

#include "base/err.h"
#include <stdbool.h>

struct csv_delimiter {
    char character;
    bool is_run; // a run of blanks is one delimiter; blanks at the ends of a line are ignored
};

// The delimiters that are detected, in order of preference. The comma comes late because it may be a decimal comma.
enum { CSV_DELIMITERS = 5, CSV_SEMICOLON = 1, CSV_COMMA = 3 };
extern const struct csv_delimiter csv_delimiters[CSV_DELIMITERS];

// Reads the value of --delimiter: one character, "tab", or "space" for runs of blanks. Returns -1 and an error if it is
// not a delimiter, or is a comma that is already the decimal separator.
int csv_delimiter_read(struct csv_delimiter *d, const char *text, bool has_decimal_comma, struct err *e);
