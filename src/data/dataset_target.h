// The place that a new split goes to: FILE.h5:SPLIT. A file of that name keeps its other splits.
#pragma once

#include "base/output.h"
#include "store/store.h"

struct dataset_target {
    char *path, *split;   // owned
    struct output output; // from dataset_target_create to dataset_target_free
};

// From what --output says. -1 and an error (ERR_USAGE); to be freed in every case.
int dataset_target_parse(struct dataset_target *t, const char *output, struct err *e);
void dataset_target_free(struct dataset_target *t);
// Refuses a file of another format, and to replace a split that is there, unless `force`. To be called before any work
// is done; dataset_target_create looks again.
int dataset_target_check(const struct dataset_target *t, bool force, struct err *e);
// Waits until no other command works on the file, checks it once more and returns the new file with the other splits in
// it, to be committed before dataset_target_free. Returns NULL and an error on failure.
struct store_file *dataset_target_create(struct dataset_target *t, bool force, struct err *e);
