// Checks whether a trial's model, settings and data fit together, before anything is trained.
#pragma once

#include "data/data_range.h"
#include "trial/experiment.h"

// What a cross-entropy must know of a data section.
struct known_range {
    char *name;  // owned: "validation", or a test set's
    char *first; // owned: where the first value outside is; NULL: there is none
    struct data_range range;
    bool is_bytes; // not scaled
};
struct known_ranges {
    struct known_range *set; // (n), owned: train, validation, tests; n = 0: not measured
    int n;
};
void ranges_measure(const struct data_sets *sets, struct known_ranges *out);
void ranges_free(struct known_ranges *r);

// Checks that the data suits the loss binary_crossentropy, which needs values in [0, 1]. Training data outside is an
// error, and so is validation data that is not scaled; returns -1 then. The cross-entropy clips values of other sets,
// which is a warning.
int check_ranges(
    const struct trial *t, const struct model *m, const struct known_ranges *r, struct err *warnings, struct err *e);
// Checks that a shard has at least two rows in every batch if a layer computes statistics over them. Returns -1 and an
// error if not.
int check_batches(const struct trial *t, const struct model *m, int64_t rows, struct err *e);
