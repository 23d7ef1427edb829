// The place that a new split goes to: FILE.h5:SPLIT. A file of that name keeps its other splits.
#pragma once

#include "store/store.h"
#include <sys/stat.h>

struct dataset_target {
    char *path, *split; // owned
    struct stat before; // of the file that stood there
    bool exists;
};

// From what --output says. -1 and an error (ERR_USAGE); to be freed in every case.
int dataset_target_parse(struct dataset_target *t, const char *output, struct err *e);
void dataset_target_free(struct dataset_target *t);
// Refuses a file of another format, and to replace a split that is there, unless `force`. To be called before any work
// is done.
int dataset_target_check(const struct dataset_target *t, bool force, struct err *e);
// The new file, with the other splits in it; NULL and an error.
struct store_file *dataset_target_create(const struct dataset_target *t, struct err *e);
// Gives it its name, unless another program wrote the file meanwhile; frees *file in every case.
int dataset_target_commit(const struct dataset_target *t, struct store_file **file, struct err *e);
