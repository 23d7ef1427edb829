// Reads the header of a NumPy .npy array.
#pragma once

#include "import/array_reader.h"

// Reads the header from the stream, which is at its first byte, and fills in type, byte order, storage order and shape.
// Returns -1 and an error (ERR_DATA) if the file is not an array of numbers or, if allowed, of strings.
int npy_header_read(struct array_reader *array, struct err *e);
