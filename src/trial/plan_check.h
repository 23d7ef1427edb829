// Checks whether a trial's model, settings and data fit together. Nothing is trained before these checks.
#pragma once

#include "data/data_range.h"
#include "trial/experiment.h"

// The ranges of the sets of a data section, which the checks for cross-entropy need.
struct known_range {
    char *name;  // owned: "train", "validation", or the name of a test set
    char *first; // owned: place of the first value outside [0, 1]; NULL: there is none
    struct data_range range;
    bool is_bytes; // the values are bytes that are not scaled
};
struct known_ranges {
    struct known_range *set; // (n), owned: train, validation and test sets; n = 0: not measured
    int n;
};
void ranges_measure(const struct data_sets *sets, struct known_ranges *out);
void ranges_free(struct known_ranges *r);

// Checks that the data suits the loss binary_crossentropy, which needs values in [0, 1]. Returns -1 and an error if
// training data has other values, or if validation data has other values and is not scaled by min_max. Otherwise adds
// a warning for values outside [0, 1] that the cross-entropy clips.
int check_ranges(
    const struct trial *t, const struct model *m, const struct known_ranges *r, struct err *warnings, struct err *e);
// Checks that every shard has at least two rows in every batch if a layer computes statistics over them. Returns -1 and
// an error if not.
int check_batches(const struct trial *t, const struct model *m, int64_t rows, struct err *e);
