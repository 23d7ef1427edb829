// Numbers as CSV files write them, and the tokens that mean a missing value.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Returns true if text[0..n), NUL-terminated, is a decimal number and nothing else, and sets its correctly rounded
// value. "nan", "inf" and hexadecimal digits are no numbers here. A number too large for a double becomes infinite.
bool csv_number(const char *text, size_t n, double *value);

// Returns true if it is a 64-bit integer in any spelling (1, 1.0, 1e0), and sets its exact value, also beyond 2^53.
bool csv_integer(const char *text, size_t n, int64_t *value);

// Does the same as csv_number, with a decimal comma. A point is then no part of a number, because it may group
// thousands.
bool csv_number_comma(const char *text, size_t n, double *value);

// How fields are read: what means a missing value, and what separates the decimals.
struct csv_missing {
    char **tokens; // (n), owned
    int n;
    double *numbers; // (n_numbers), owned: the tokens that are numbers, such as -999
    int n_numbers;
    bool has_decimal_comma;
};
// Reads a list of tokens in the syntax of list_split; NULL means the usual tokens. A token that is a number matches
// every spelling of that number. The caller frees `m`.
void csv_missing_read(struct csv_missing *m, const char *list, bool has_decimal_comma);
void csv_missing_free(struct csv_missing *m);

// What a field holds.
enum csv_kind { CSV_NUMBER, CSV_MISSING, CSV_TEXT };
// Returns what text[0..n), NUL-terminated, is. *value is the number, NaN if it is missing, or undefined. Numbers are
// compared with tokens as numbers: -999.0 is -999.
enum csv_kind csv_field(const struct csv_missing *m, const char *text, size_t n, double *value);
