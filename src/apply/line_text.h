// Builds lines of text quickly from numbers and strings. Strings that need quotes get them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Zero it to start. The text is not NUL-terminated.
struct line_text {
    char *data; // owned
    size_t n, room;
};

void line_bytes(struct line_text *t, const char *text, size_t n);
void line_string(struct line_text *t, const char *text);
void line_integer(struct line_text *t, int64_t value);
// Appends a number with as few digits as it needs to be read back as the same float. Appends `infinity` if it is
// infinite, and nothing if it is NaN.
void line_float(struct line_text *t, float value, const char *infinity);
// Appends a CSV field, in quotes if it needs them.
void line_csv_field(struct line_text *t, const char *text, size_t n);
// Appends a JSON string in quotes. If the text is not valid UTF-8, every byte above 127 becomes '?'.
void line_json_string(struct line_text *t, const char *text, size_t n);
void line_free(struct line_text *t);
