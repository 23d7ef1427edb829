// An unnamed file for results whose number is known only at the end. Results are appended and later read back. The file
// is removed when the process ends.
#pragma once

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct store_stream;

// Zero it to start: then it is empty and has no file.
struct spool {
    int fd;        // descriptor of the file, plus 1; 0: there is no file
    int64_t bytes; // total number of bytes
    char *held;    // owned: the last `n_held` bytes, which are not in the file so far
    size_t n_held;
};

// Appends n bytes; small writes are cheap. Returns -1 and an error on failure.
int spool_write(struct spool *s, const void *data, size_t n, struct err *e);
// Reads n bytes from offset `at`. Returns -1 and an error on failure.
int spool_read(const struct spool *s, int64_t at, void *data, size_t n, struct err *e);
// Copies everything, in rows of `size` bytes, into a stream and ends it. Returns -1 and an error on failure. If the
// stream is NULL because it could not begin, only returns -1.
int spool_copy(const struct spool *s, size_t size, struct store_stream **to, struct err *e);
void spool_close(struct spool *s);
