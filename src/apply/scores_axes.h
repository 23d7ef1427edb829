// Writes the scales of the dimensions of arrays in a file of scores.
#pragma once

#include "trial/model_load.h"

struct store_file;

// Writes scales into the group of a set: those of codes if `has_code`, and those of the values of samples if
// `has_values`.
int scores_write_axes(struct store_file *f, const char *group, const struct trained_model *t, bool has_code,
    bool has_values, struct err *e);
