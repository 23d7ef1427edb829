// Numbers as CSV files write them, and the tokens that stand for missing values.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether text[0..n), NUL-terminated, is a decimal number and nothing else; its value, correctly rounded. Neither
// "nan" nor "inf" nor hexadecimal digits are; what is too large for a double comes out infinite.
bool csv_number(const char *text, size_t n, double *value);

// Whether it is an integer of 64 bits in any spelling (1, 1.0, 1e0), and which. It goes through no double, which would
// round those beyond 2^53.
bool csv_integer(const char *text, size_t n, int64_t *value);

// As csv_number, with a comma in place of the point. A point is then no part of a number: it may group thousands.
bool csv_number_comma(const char *text, size_t n, double *value);

// How fields are read: what stands for a missing value, and what separates the decimals.
struct csv_missing {
    char **tokens; // (n), owned
    int n;
    double *numbers; // (n_numbers), owned: those tokens that are numbers, such as -999
    int n_numbers;
    bool has_decimal_comma;
};
// From a list that list_split reads; NULL: the usual tokens. A token that is a number stands for every spelling
// of that number.
void csv_missing_read(struct csv_missing *m, const char *list, bool has_decimal_comma);
void csv_missing_free(struct csv_missing *m);

// What a field holds.
enum csv_kind { CSV_NUMBER, CSV_MISSING, CSV_TEXT };
// *value is NaN if it is missing. Numbers are compared with tokens as numbers: -999.0 is -999.
enum csv_kind csv_field(const struct csv_missing *m, const char *text, size_t n, double *value);
