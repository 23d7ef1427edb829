// Reads a text file line by line, and finds out how its lines are divided into fields.
#pragma once

#include "import/byte_stream.h"
#include "import/csv_delimiter.h"
#include "import/import.h"
#include <stdbool.h>

// Returns true for a space or a tab.
static inline bool csv_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct csv_lines {
    struct byte_stream *stream; // owned
    char *buffer;               // (room), owned
    size_t room, begin, end;    // buffer[begin..end) has been read from the file but not returned
    bool at_end;
    char terminator; // the byte that ends a line: '\n', or '\r' in a file without '\n'
    int64_t line;    // number of the line returned last
};

int csv_lines_open(struct csv_lines *r, const char *path, struct err *e);
void csv_lines_close(struct csv_lines *r);
// Reads the next line. The caller may change it; it is valid until the next call. Every line ends with '\n', even the
// last one. Returns 1, or 0 at the end of the file, or -1 and an error.
int csv_lines_next(struct csv_lines *r, char **line, size_t *length, struct err *e);

struct csv_dialect {
    struct csv_delimiter delimiter;
    bool has_decimal_comma;
    char comment;     // lines that begin with this character are ignored; 0: no comments
    int64_t skip;     // number of lines to skip before the header or the first row
    int64_t comments; // how many of these lines are skipped as comments with '#', not because of --skip
};
// Finds the dialect from the options, and from the first lines where the options say nothing. Without --comment and
// --skip, lines before the table that begin with '#' are ignored. But if the last of them has two or more fields, and
// as many as the next line, it names the columns. Returns -1 and an error on failure.
int csv_dialect_find(struct csv_dialect *d, const char *path, const struct import_options *o, struct err *e);
// Skips the lines before the table, as many as the dialect says. Returns -1 and an error if they cannot be read.
int csv_lines_skip(struct csv_lines *r, const struct csv_dialect *d, struct err *e);
