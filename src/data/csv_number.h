// Numbers as CSV files write them, and the tokens that stand for missing values.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Whether text[0..n), NUL-terminated, is a decimal number and nothing else; its value, correctly rounded. Neither
// "nan" nor "inf" nor hexadecimal digits are; what is too large for a double comes out infinite.
bool csv_number(const char *text, size_t n, double *value);

struct csv_missing {
    char **tokens; // (n), owned
    int n;
    bool has_number; // one of them is a number, such as -999
};
// From a comma-separated list; NULL: the usual ones.
void csv_missing_read(struct csv_missing *m, const char *list);
void csv_missing_free(struct csv_missing *m);

// What a field holds.
enum csv_kind { CSV_NUMBER, CSV_MISSING, CSV_TEXT };
// *value is NaN where it is missing.
enum csv_kind csv_field(const struct csv_missing *m, const char *text, size_t n, double *value);
