// An array of numbers in a foreign file, read row by row. Byte order, element type and storage order become ours.
#pragma once

#include "import/byte_stream.h"
#include "store/store.h"
#include <stdbool.h>

// Element types of foreign files. Those that our files do not have are widened: u2 to i4, u4 and u8 to i8, f2 to f4,
// truth values to u1.
enum element {
    ELEMENT_U1,
    ELEMENT_I1,
    ELEMENT_U2,
    ELEMENT_I2,
    ELEMENT_U4,
    ELEMENT_I4,
    ELEMENT_U8,
    ELEMENT_I8,
    ELEMENT_F2,
    ELEMENT_F4,
    ELEMENT_F8,
    ELEMENT_BOOL
};
int element_size(enum element type);
enum store_type element_store_type(enum element type);

struct array_reader {
    struct byte_stream *stream; // owned
    enum element type;
    bool takes_texts;         // set by the caller: an array of strings is allowed
    int text_length;          // characters per string, each one byte or four; 0: numbers
    bool has_wide_texts;      // four bytes per character
    bool is_swapped;          // the file's byte order is not this machine's
    bool is_column_major;     // Fortran order: the first index runs fastest
    struct store_shape shape; // of the rows as they are read
    int64_t columns, row;     // values per row; rows read so far
    int64_t begin;            // where the numbers begin in the file
    int spool;                // column-major only: a file that allows random access
    bool owns_spool;          // it is an unnamed copy, not that of the stream
    char *block;              // (block_rows, columns) rows in row order, column-major only, owned
    int64_t block_first, block_rows, block_room;
};

// Checks that the shape in the header fits the length of the file, if that is known, and sets `columns`. The caller has
// filled in all else, and the stream is at the first number. Returns -1 and an error if they do not fit.
int array_reader_begin(struct array_reader *array, struct err *e);
// Reverses the dimensions, so that the last one counts the rows. Call it before array_reader_begin.
void array_reader_transpose(struct array_reader *array);
// Reads the next `rows` rows into to (rows, columns) of shape.type. Returns -1 and an error if the data end early or a
// u8 is beyond i8.
int array_reader_read(struct array_reader *array, int64_t rows, void *to, struct err *e);
// Checks that nothing follows the array. Returns -1 and an error if something does.
int array_reader_finish(struct array_reader *array, struct err *e);
// Closes the stream and frees what the reader owns, but not the struct.
void array_reader_free(struct array_reader *array);

// Column `c` of a row of this shape counts with the last index fastest. Returns its place if the first index is
// fastest.
int64_t array_column_place(const struct store_shape *shape, int64_t c);
