// The destination of a new split, FILE.h5:SPLIT. An existing file keeps its other splits.
#pragma once

#include "base/output.h"
#include "store/store.h"

struct dataset_target {
    char *path, *split;   // owned
    struct output output; // valid from dataset_target_create to dataset_target_free
};

// Parses the value of --output. Returns -1 and an error (ERR_USAGE) if it is not a destination. Free *t in every case.
int dataset_target_parse(struct dataset_target *t, const char *output, struct err *e);
void dataset_target_free(struct dataset_target *t);
// Returns -1 and an error if the file has another format, or if the split exists and `force` is false. Call it before
// any work is done; dataset_target_create checks again.
int dataset_target_check(const struct dataset_target *t, bool force, struct err *e);
// Waits until no other command works on the file and checks it again. Returns the new file, which holds the other
// splits. The caller commits it before dataset_target_free. Returns NULL and an error on failure.
struct store_file *dataset_target_create(struct dataset_target *t, bool force, struct err *e);
