// The seal of a file, which covers every byte that no checksum of an array covers (seal.c).
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum { SEAL_ARRAY_BYTES = 16 << 10 }; // smaller arrays are covered by the seal, too

// The bytes of an array in the file.
struct seal_array {
    int64_t offset, bytes;
};

// The arrays that the seal leaves to their own checksums.
struct seal_arrays {
    struct seal_array *list; // owned
    int n, room;
};
void seal_note(struct seal_arrays *arrays, int64_t offset, int64_t bytes); // notes it if it is large
void seal_arrays_free(struct seal_arrays *arrays);

// Appends the seal to a file that HDF5 has closed. Sorts `arrays`. Messages name `path`.
int seal_write(const char *temporary, const char *path, struct seal_arrays *arrays, struct err *e);

// Compares the seal of PATH with the bytes of the file. Returns -1 and an error if they differ. Returns 0 if they
// agree, and if the file has no seal: it was written by an earlier version or another program, or opened for writing
// since.
int seal_check(const char *path, bool *is_sealed, struct err *e);
