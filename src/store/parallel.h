// Writes bulk numbers that are distributed over the ranks of a group into one durable file.
#pragma once

#include "store/store.h"

struct comm;

// This rank's part of one dataset: the rows [first, first + rows) of a numeric array of `shape`, stored densely in
// `data`. The parts of all ranks cover every row exactly once. A part may be empty.
struct store_part {
    const char *path;
    struct store_shape shape; // shape of the whole dataset, the same on all ranks
    int64_t first, rows;
    const void *data;
};
struct store_parts {
    const struct store_part *list; // (n), borrowed
    int n;
};

// Creates PATH's temporary file and writes every rank's parts. Rank 0 reads them back, compares them with checksums of
// the ranks' data, and stores the checksum of each dataset. Returns 0 on every rank. On rank 0, *f is then the open
// file: the caller can add scales (store_describe), strings and attributes, and commit it. On other ranks *f is NULL.
// On failure returns -1 and an error on every rank, and removes the temporary file. Collective over comm: all ranks
// give the same path and the same n datasets in the same order.
int store_write_parallel(const struct comm *comm, const char *path, const char *format, const struct store_parts *parts,
    struct store_file **f, struct err *e);

// Tests whether the file system keeps what several ranks write. Writes PATH again and again with store_write_parallel;
// the parts share pages and are not aligned. Writes at most `files` files, for a few seconds at most. Sets, on all
// ranks, how many files were written and how many of them were wrong. Returns -1 and an error if PATH cannot be written
// at all. Collective over comm.
struct store_probe {
    int files, wrong;
};
int store_probe(const struct comm *comm, const char *path, int files, struct store_probe *p, struct err *e);
