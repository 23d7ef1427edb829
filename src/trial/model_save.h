// The trained model in a trial's file: the group `model`, which model_load.h reads.
#pragma once

#include "base/err.h"
#include "base/real.h"

struct data_sets;
struct model;
struct store_file;

// Writes architecture, weights w, scaling and the names of features and labels. Returns -1 and errors.
int model_save(struct store_file *f, const struct model *m, const real *w, const struct data_sets *sets, struct err *e);
// Writes the name of the group that holds the weights of layer i: "model/decoder_0".
void model_layer_group(const struct model *m, int i, char group[64]);
