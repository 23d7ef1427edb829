// The lines of a text file, one at a time, and how its lines are divided into fields.
#pragma once

#include "import/byte_stream.h"
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
    size_t room, begin, end;    // what is read and not yet handed out
    bool at_end;
    char terminator; // '\n', or '\r' where there is no '\n'
    int64_t line;    // the number of the line handed out last
};

int csv_lines_open(struct csv_lines *r, const char *path, struct err *e);
void csv_lines_close(struct csv_lines *r);
// The next line, writable until the next call; it ends with '\n', even the last. 1; 0 at the end; -1 and an error.
int csv_lines_next(struct csv_lines *r, char **line, size_t *length, struct err *e);

struct csv_dialect {
    char delimiter;
    bool is_run; // any run of blanks is one delimiter, and blanks around a line are none
    bool has_decimal_comma;
    char comment;     // lines that begin with it are left out; 0: none
    int64_t skip;     // lines before the header or the first row
    int64_t comments; // how many of them begin with '#', and were left out without being asked to
};
// From what the user says or, if he says nothing, from the first lines. Lines that begin with '#' before the table are
// left out, unless the last of them has as many fields as the line behind it: it then names the columns.
int csv_dialect_find(struct csv_dialect *d, const char *path, const struct import_options *o, struct err *e);
// Reads over the lines that the dialect skips. -1 and an error of reading.
int csv_lines_skip(struct csv_lines *r, const struct csv_dialect *d, struct err *e);
