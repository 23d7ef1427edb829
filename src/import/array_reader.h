// Reads an array of numbers in a foreign file row by row. Converts byte order, element type and storage order to ours.
#pragma once

#include "import/byte_stream.h"
#include "store/store.h"
#include <stdbool.h>

// Element types of foreign files. Types that our files do not have are widened: u2 to i4, u4 and u8 to i8, f2 to f4,
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
    bool takes_texts;         // set by the caller: strings are allowed, too
    int text_length;          // characters per string; 0: the array holds numbers
    bool has_wide_texts;      // a character has four bytes, not one
    bool is_swapped;          // the file's byte order is not this machine's
    bool is_column_major;     // Fortran order: the first index runs fastest
    struct store_shape shape; // shape and type of the rows as they are read
    int64_t columns, row;     // values per row; rows read so far
    int64_t begin;            // offset of the first number in the file
    int spool;                // descriptor of a file that allows random access; column-major arrays only
    bool owns_spool;          // `spool` is an unnamed copy, not the file of the stream
    char *block;              // (block_rows, columns), owned: rows in row order; column-major arrays only
    int64_t block_first, block_rows, block_room;
};

// Checks that the shape in the header fits the length of the file, if the length is known. Sets `columns` and `begin`.
// The caller has filled in everything else, and the stream is at the first number. Returns -1 and an error if shape and
// length do not fit, or if the array is empty.
int array_reader_begin(struct array_reader *array, struct err *e);
// Reverses the dimensions, so that the last one counts the rows. Call it before array_reader_begin.
void array_reader_transpose(struct array_reader *array);
// Reads the next `rows` rows into `to` (rows, columns), which is of type shape.type. Returns -1 and an error if the
// data end early or a u8 value does not fit into i8.
int array_reader_read(struct array_reader *array, int64_t rows, void *to, struct err *e);
// Checks that nothing follows the array. Returns -1 and an error if something does. For column-major arrays, this was
// checked before.
int array_reader_finish(struct array_reader *array, struct err *e);
// Closes the stream and frees what the reader owns, but not the struct.
void array_reader_free(struct array_reader *array);

// Returns the number that column c of a row of this shape has in a file in which the first index runs fastest. In our
// rows, the last index runs fastest.
int64_t array_column_place(const struct store_shape *shape, int64_t c);
