// An unnamed file that grows and is read back: for results whose number is known only at the end. It vanishes with the
// process.
#pragma once

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

struct store_stream;

// Zero it to start: nothing is written, and there is no file so far.
struct spool {
    int fd;        // of the file, plus 1
    int64_t bytes; // in total
    char *held;    // owned: the last `n_held` of them, which are not in the file so far
    size_t n_held;
};

// Appends n bytes; a few bytes at a time cost little. Returns -1 and an error if that fails.
int spool_write(struct spool *s, const void *data, size_t n, struct err *e);
// Reads n bytes from `at`. Returns -1 and an error if that fails.
int spool_read(const struct spool *s, int64_t at, void *data, size_t n, struct err *e);
// Copies all, rows of `size` bytes, into a stream and ends it. A stream that is NULL could not begin. Returns -1 and an
// error on failure.
int spool_copy(const struct spool *s, size_t size, struct store_stream **to, struct err *e);
void spool_close(struct spool *s);
