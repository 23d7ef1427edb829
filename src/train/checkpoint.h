// Stores the state of training in a file, in two generations. Nothing here communicates: one rank writes and reads the
// file.
//
// The newest generation is at `path`, the one before it at checkpoint_previous(path). Each is complete or absent. Each
// is sealed: if any byte has changed, this is detected before the contents are used, and the other generation is used
// instead. results/README.md documents the contents.
#pragma once

#include "train/train_impl.h"

enum { CHECKPOINT_MAX_VECTORS = 2 + OPTIMIZER_MAX_SLOTS };

// The contents of a checkpoint. The caller of checkpoint_read sets everything except `at`, the elements of `history`
// and the elements of the vectors.
struct checkpoint {
    const char *lineage; // identifies the training
    const char *layout;  // identifies the meaning of the vectors' elements
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

// Writes a new generation. The newest one so far becomes the previous one when the new one is durable. Returns 0, or -1
// and an error; then both generations are unchanged.
int checkpoint_write(const char *path, const struct checkpoint *c, struct err *e);
// Reads the newest generation that is complete, has this lineage and layout, and is not beyond c->epochs. If there is
// none, tries the files in `related`. This is a list that ends with NULL, or NULL if there are no such files. Reports
// each file that exists but is not usable, unless it is only beyond c->epochs. Returns false if no generation is
// usable; then c->at, the history and the vectors are undefined.
bool checkpoint_read(const char *path, const char *const *related, struct checkpoint *c);
