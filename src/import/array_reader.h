// An array of numbers in a foreign file, read row by row into our types: byte order, element type and storage order are
// undone here.
#pragma once

#include "import/byte_stream.h"
#include "store/store.h"
#include <stdbool.h>

// Element types of foreign files. What our files do not have is widened: u2 to i4, u4 and u8 to i8, f2 to f4, truth
// values to u1.
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
    bool takes_texts;         // set by the caller: an array of texts is no mistake
    int text_length;          // characters of a text, each of which is one byte or four; 0: numbers
    bool has_wide_texts;      // four
    bool is_swapped;          // the file's byte order is not this machine's
    bool is_column_major;     // Fortran order: the first index runs fastest
    struct store_shape shape; // of the rows as they are read
    int64_t columns, row;     // values a row; rows read
    int64_t begin;            // where the numbers begin in the file
    int spool;                // column-major only: a file that can be read anywhere
    bool owns_spool;          // it is an unnamed copy, not the stream's own
    char *block;              // (block_rows, columns) rows in row order, column-major only, owned
    int64_t block_first, block_rows, block_room;
};

// Whether the header's shape fits the length of the file, where that is known. `array` is filled in but for `columns`,
// and the stream stands at the first number. Takes the stream over.
int array_reader_begin(struct array_reader *array, struct err *e);
// Exchanges the dimensions, the last one becomes the rows, before array_reader_begin.
void array_reader_transpose(struct array_reader *array);
// The next `rows` rows. Returns -1 and an error if the data end early or a u8 is beyond i8.
int array_reader_read(struct array_reader *array, int64_t rows, void *to, struct err *e);
int array_reader_finish(struct array_reader *array, struct err *e);
void array_reader_free(struct array_reader *array);

// Where column `c` of a row of this shape, counted with the last index fastest, comes in an order with the first index
// fastest.
int64_t array_column_place(const struct store_shape *shape, int64_t c);
