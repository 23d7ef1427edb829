// The seal of a file. It covers every byte outside the arrays that have checksums of their own (seal.c).
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum { SEAL_ARRAY_BYTES = 16 << 10 }; // the seal also covers arrays of fewer bytes

// The place of an array's bytes in the file.
struct seal_array {
    int64_t offset, bytes;
};

// The arrays that the seal does not cover, because they have checksums of their own.
struct seal_arrays {
    struct seal_array *list; // owned
    int n, room;
};
void seal_note(struct seal_arrays *arrays, int64_t offset, int64_t bytes); // adds an array if it is large enough
void seal_arrays_free(struct seal_arrays *arrays);

// Appends the seal to the file `temporary`, which HDF5 has closed. Sorts `arrays`. Messages name `path`.
int seal_write(const char *temporary, const char *path, struct seal_arrays *arrays, struct err *e);

// Compares the bytes of PATH with its seal. Returns -1 and an error if they differ. Returns 0 if they agree or if the
// file has no seal. A file has none if an earlier version or another program wrote it, or has opened it for writing
// since.
int seal_check(const char *path, bool *is_sealed, struct err *e);
