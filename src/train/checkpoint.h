// The state of training in a file, in two generations. No communication: one rank writes and reads it.
//
// The newest lies at `path`, the one before it at checkpoint_previous(path). Each is whole or not there, and sealed: a
// change of any of its bytes is seen before anything in it is believed, and the other one is used. results/README.md
// is the reference of what is in it.
#pragma once

#include "train/train_impl.h"

enum { CHECKPOINT_MAX_VECTORS = 2 + OPTIMIZER_MAX_SLOTS };

// What is written, and what is read: everything but `at` and the elements of history and vectors is given in both.
struct checkpoint {
    const char *lineage; // whose state it is
    const char *layout;  // what the vectors mean: an identity
    struct train_point at;
    int shards;
    int64_t epochs;          // that history has room for, and beyond which nothing is read
    int64_t steps;           // of an epoch
    struct history *history; // of at.epoch epochs
    size_t parameters;
    int n;
    struct {
        const char *name;
        real *v; // (parameters)
    } vector[CHECKPOINT_MAX_VECTORS];
};

// The newest becomes the previous one once the new one is durable. -1 and an error: both are as they were.
int checkpoint_write(const char *path, const struct checkpoint *c, struct err *e);
// Reads the newest that is whole, of this lineage and layout, and not beyond c->epochs. False where there is none. A
// file that is damaged, or holds numbers that cannot be a state of this training, is warned of. c->at, history and
// vectors are undefined after false.
bool checkpoint_read(const char *path, struct checkpoint *c);
