// Writes the trained model into a trial's file, as the group `model`. model_load.h reads it.
#pragma once

#include "base/err.h"
#include "base/real.h"

struct data_sets;
struct model;
struct store_file;

// Writes the architecture, the weights w, the scaling, and the names of features and labels. Returns -1 and all errors.
int model_save(struct store_file *f, const struct model *m, const real *w, const struct data_sets *sets, struct err *e);
// Sets `group` to the name of the group that holds the weights of layer i, such as "model/decoder_0".
void model_layer_group(const struct model *m, int i, char group[64]);
