// Reads numbers as CSV files write them, and recognizes the tokens of missing values.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Returns true and sets *value, correctly rounded, if text[0..n), NUL-terminated, is a decimal number and nothing else.
// "nan", "inf" and hexadecimal numbers are refused. A number too large for a double becomes infinite.
bool csv_number(const char *text, size_t n, double *value);

// Returns true and sets *value if text[0..n) is a 64-bit integer in any spelling (1, 1.0, 1e0). The value is exact even
// beyond 2^53.
bool csv_integer(const char *text, size_t n, int64_t *value);

// Does the same as csv_number for numbers with a decimal comma. A number with a point is refused, because the point may
// separate thousands. So is text of 512 bytes or more.
bool csv_number_comma(const char *text, size_t n, double *value);

// Which fields are missing values, and whether numbers have a decimal comma.
struct csv_missing {
    char **tokens; // (n), owned
    int n;
    double *numbers; // (n_numbers), owned: the tokens that are numbers, such as -999
    int n_numbers;
    bool has_decimal_comma;
};
// Reads a list of tokens in the syntax of list_split; NULL means the default tokens. A token that is a number matches
// every spelling of that number. The caller frees *m.
void csv_missing_read(struct csv_missing *m, const char *list, bool has_decimal_comma);
void csv_missing_free(struct csv_missing *m);

// The kinds of fields.
enum csv_kind { CSV_NUMBER, CSV_MISSING, CSV_TEXT };
// Returns the kind of text[0..n), NUL-terminated. Sets *value to the number, to NaN for a missing value, or leaves it
// undefined for text. Tokens that are numbers are compared as numbers: -999 matches -999.0.
enum csv_kind csv_field(const struct csv_missing *m, const char *text, size_t n, double *value);
