// The state of training in a file, in two generations. Nothing here communicates: one rank writes and reads the file.
//
// The newest generation is at `path`, the one before it at checkpoint_previous(path). Each is complete or absent, and
// sealed: a change of any byte is detected before its contents are used, and the other generation is used instead.
// results/README.md documents the contents.
#pragma once

#include "train/train_impl.h"

enum { CHECKPOINT_MAX_VECTORS = 2 + OPTIMIZER_MAX_SLOTS };

// What is written or read. A reader sets everything but `at` and the elements of `history` and the vectors.
struct checkpoint {
    const char *lineage; // the identity of the training
    const char *layout;  // the identity of what the vectors' elements mean
    struct train_point at;
    int shards;
    int64_t epochs;          // capacity of the history; a state beyond it is not read
    int64_t steps;           // per epoch
    struct history *history; // of at.epoch epochs
    size_t parameters;
    int n;
    struct {
        const char *name;
        real *v; // (parameters)
    } vector[CHECKPOINT_MAX_VECTORS];
};

// Writes the newest generation; the one before it becomes the previous one once the new one is durable. Returns 0, or
// -1 and an error; both generations are unchanged then.
int checkpoint_write(const char *path, const struct checkpoint *c, struct err *e);
// Reads the newest generation that is complete, of this lineage and layout, and not beyond c->epochs. If there is none,
// does the same with the files of the list `related`, which ends with NULL and may be NULL. Reports a file
// that is damaged or whose numbers cannot be a state of this training. Returns false if there is no usable generation;
// c->at, the history and the vectors are undefined then.
bool checkpoint_read(const char *path, const char *const *related, struct checkpoint *c);
