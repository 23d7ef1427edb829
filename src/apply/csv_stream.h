// The records of a CSV file or of standard input, in pieces, read once from first to last. Memory holds one piece.
#pragma once

#include "base/err.h"
#include "import/csv_delimiter.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_STDIN "-" // the name of standard input

struct csv_record {
    size_t begin, end; // in the buffer; the end is that of a line
    int64_t line;      // of its beginning
};

struct csv_stream {
    char *name;                 // owned; for messages
    struct byte_stream *stream; // owned; NULL: standard input
    char *buffer;               // owned
    size_t room, begin, end;    // of the bytes in the buffer, [begin, end) belong to no piece so far
    char terminator;            // of lines
    bool at_end;                // all bytes are in the buffer
    int64_t next_line;          // of the first line behind the piece, from 1
    struct csv_record *record;  // (most), owned; the records of the piece
    int64_t most, n;
};

// Opens a file, which may be compressed by gzip, or standard input (CSV_STDIN), for pieces of up to `most` records.
// Returns -1 and an error on failure; the caller frees `s` in any case.
int csv_stream_open(struct csv_stream *s, const char *path, int64_t most, struct err *e);
void csv_stream_free(struct csv_stream *s);
// Reads the next piece of up to `most` records. Blank lines are no records. Returns the number of records, 0 at the
// end, or -1 and an error.
int64_t csv_stream_next(struct csv_stream *s, int64_t most, struct err *e);
// Makes the records from number `n` of the piece on part of the next piece.
void csv_stream_give_back(struct csv_stream *s, int64_t n);
// Returns the line of a record of the piece, for messages.
int csv_stream_line(const struct csv_stream *s, int64_t record);

// A field without quotes and the blanks around it.
struct csv_span {
    char *text; // NUL-terminated, in the buffer
    size_t n;
};
// Takes the next field of the record [*at, end), which it overwrites. Sets *at behind the field's delimiter, or to NULL
// after the last field. Returns false if a quote is within an unquoted field or text follows a quoted one.
bool csv_cut_field(const struct csv_delimiter *d, char **at, char *end, struct csv_span *field);
// Returns how many fields a record [at, end) has, without changing it.
int csv_cut_count(const struct csv_delimiter *d, const char *at, const char *end);
