// Reads the records of a CSV file or of standard input, in pieces, once from first to last. Only one piece is in
// memory.
#pragma once

#include "base/err.h"
#include "import/csv_delimiter.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_STDIN "-" // the name that means standard input

struct csv_record {
    size_t begin, end; // offsets in the buffer; `end` is the end of the line
    int64_t line;      // number of its first line
};

struct csv_stream {
    char *name;                 // owned; for messages
    struct byte_stream *stream; // owned; NULL: standard input
    char *buffer;               // owned
    size_t room, begin, end;    // `room`: size of buffer; buffer[begin..end) was read but is not part of the piece
    char terminator;            // the byte that ends a line
    bool at_end;                // the whole file has been read
    int64_t next_line;          // number, from 1, of the first line after the piece
    struct csv_record *record;  // (most), owned; the records of the piece
    int64_t most, n;
};

// Opens a file, which may be compressed by gzip, or standard input (CSV_STDIN). Pieces have up to `most` records.
// Returns -1 and an error on failure. The caller frees *s in any case.
int csv_stream_open(struct csv_stream *s, const char *path, int64_t most, struct err *e);
void csv_stream_free(struct csv_stream *s);
// Reads the next piece of up to `most` records. Blank lines are skipped. Returns the number of records, or 0 at the
// end, or -1 and an error.
int64_t csv_stream_next(struct csv_stream *s, int64_t most, struct err *e);
// Ends the piece before record `n`. The next piece begins with that record.
void csv_stream_give_back(struct csv_stream *s, int64_t n);
// Returns the number of the first line of a record of the piece, for messages.
int csv_stream_line(const struct csv_stream *s, int64_t record);

// A field without its quotes, and without the blanks around it.
struct csv_span {
    char *text; // NUL-terminated; a part of the buffer
    size_t n;
};
// Takes the next field of the record [*at, end). Overwrites the record. Sets *at to the byte after the delimiter, or to
// NULL after the last field. Returns false if an unquoted field contains a quote, or if a quoted field is not closed or
// is followed by text.
bool csv_cut_field(const struct csv_delimiter *d, char **at, char *end, struct csv_span *field);
// Returns the number of fields of the record [at, end), which is not changed.
int csv_cut_count(const struct csv_delimiter *d, const char *at, const char *end);
