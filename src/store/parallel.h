// Bulk numbers that the ranks of a group hold in parts, written by all of them into one durable file.
#pragma once

#include "store/store.h"

struct comm;

// This rank's part of one dataset: rows [first, first + rows) of a numeric array of `shape`, densely in `data`. The
// parts of all ranks cover every row once; a part may be empty.
struct store_part {
    const char *path;
    struct store_shape shape; // of the whole, the same on all ranks
    int64_t first, rows;
    const void *data;
};
struct store_parts {
    const struct store_part *list; // (n), borrowed
    int n;
};

// Collective over comm: all ranks give the same path and the same n datasets in the same order. Creates PATH's
// temporary, writes every rank's parts, reads them back on rank 0 and compares them with the checksums of what the
// ranks hold, and stores the checksum of the whole. Returns 0 on every rank; on rank 0, *f is then the file, to add
// scales, strings and attributes (store_describe for these datasets) and to commit; elsewhere *f is NULL. On failure
// returns -1 and an error on every rank, and leaves nothing behind.
int store_write_parallel(const struct comm *comm, const char *path, const char *format, const struct store_parts *parts,
    struct store_file **f, struct err *e);

// Collective over comm. Tests whether the file system keeps what several ranks write: store_write_parallel writes PATH
// again and again, with parts that share pages and are not aligned to anything. Writes at most `files` files, and no
// longer than some seconds. Sets, on all ranks, how many were written and how many of them were wrong. Returns -1 and
// an error if PATH cannot be written at all.
struct store_probe {
    int files, wrong;
};
int store_probe(const struct comm *comm, const char *path, int files, struct store_probe *p, struct err *e);
