// The lines of a text file, one at a time, and how its lines are divided into fields.
#pragma once

#include "data/byte_stream.h"
#include <stdbool.h>

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
};
// From what the user says (NULL, one character, "tab", "space") or, where he says nothing, from the first lines.
int csv_dialect_find(struct csv_dialect *d, const char *path, const char *delimiter, struct err *e);
