// The header of a NumPy .npy array.
#pragma once

#include "import/array_reader.h"

// Reads the header from the stream, which stands at its first byte, and fills in type, byte order, storage order and
// shape. Anything but a plain array of numbers is refused (ERR_DATA).
int npy_header_read(struct array_reader *array, struct err *e);
