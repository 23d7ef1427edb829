// Writes JSON (RFC 8259): values one after the other; commas and indentation are added. Bytes that are not UTF-8 become
// '?'.
#pragma once

#include <stdbool.h>
#include <stdio.h>

// The state of a JSON output. Set `out` and zero the rest to start. Errors of writing stay in ferror(out).
struct json {
    FILE *out; // borrowed
    int depth;
    bool has_value;  // the open object or array is not empty
    bool is_in_page; // the output is part of an HTML page: no white space, and no string can end or open an element
};

// Each function but json_close adds a value; `key` is NULL for an element of an array and for the outermost value.
void json_open(struct json *j, const char *key, char bracket);      // '{' or '['
void json_close(struct json *j, char bracket);                      // '}' or ']'
void json_text(struct json *j, const char *key, const char *value); // NULL: null
// Writes the fewest digits that read back as the same double, or null if the value is not finite.
void json_number(struct json *j, const char *key, double value);
// Writes a number with five significant digits, as json_number does, and numbers [0, n) as an array of such.
void json_rounded(struct json *j, const char *key, double value);
void json_rounded_list(struct json *j, const char *key, const double *value, int n);
void json_bool(struct json *j, const char *key, bool value);
