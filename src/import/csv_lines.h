// The lines of a text file, one at a time, and how its lines are divided into fields.
#pragma once

#include "import/byte_stream.h"
#include "import/csv_delimiter.h"
#include "import/import.h"
#include <stdbool.h>

// Spaces and tabs.
static inline bool csv_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct csv_lines {
    struct byte_stream *stream; // owned
    char *buffer;               // (room), owned
    size_t room, begin, end;    // [begin, end) was read and not returned so far
    bool at_end;
    char terminator; // '\n', or '\r' in a file without '\n'
    int64_t line;    // number of the line returned last
};

int csv_lines_open(struct csv_lines *r, const char *path, struct err *e);
void csv_lines_close(struct csv_lines *r);
// Reads the next line, which is writable until the next call and ends with '\n', even the last. Returns 1, 0 at the
// end, or -1 and an error.
int csv_lines_next(struct csv_lines *r, char **line, size_t *length, struct err *e);

struct csv_dialect {
    struct csv_delimiter delimiter;
    bool has_decimal_comma;
    char comment;     // lines that begin with it are ignored; 0: none
    int64_t skip;     // lines before the header or the first row
    int64_t comments; // how many of them are comments with '#' that we found ourselves
};
// Finds the dialect from the options and, where they say nothing, from the first lines. Lines before the table that
// begin with '#' are ignored, but if the last of them has as many fields as the next line, it names the columns.
// Returns -1 and an error on failure.
int csv_dialect_find(struct csv_dialect *d, const char *path, const struct import_options *o, struct err *e);
// Skips the lines that the dialect skips. Returns -1 and an error if they cannot be read.
int csv_lines_skip(struct csv_lines *r, const struct csv_dialect *d, struct err *e);
