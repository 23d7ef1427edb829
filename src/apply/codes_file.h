// Writes codes of data, reconstructions of codes, or samples of a variational model as a split of a data-set file.
#pragma once

#include "trial/model_load.h"

enum code_task { TASK_ENCODE, TASK_DECODE, TASK_GENERATE };

struct code_job {
    enum code_task task;
    const struct trained_model *model; // borrowed
    const struct data_source *source;  // borrowed; rows to encode or codes to decode; NULL for TASK_GENERATE
    const char *output;                // FILE.h5:SPLIT
    bool force;                        // replace a split that exists
    int64_t rows;                      // before TASK_GENERATE: rows to generate; after every task: rows written
    int64_t seed;                      // TASK_GENERATE: seed of the random numbers
    int64_t grid;                      // TASK_GENERATE: codes per side of a grid, instead of `rows`; 0: no grid
};

// Collective over team->comm. Runs the task and writes the split, completely or not at all. Labels are copied. Decoded
// and generated rows have the units of the data. Returns 0, or -1 and an error on every rank.
//
// A grid needs a model whose codes have two values. Evenly spaced points of the unit square are mapped to codes by the
// quantile function of the standard normal distribution (Kingma and Welling 2014, figure 4). Codes are written row by
// row: the first value grows to the right, the second one upwards.
int codes_write(const struct team *team, struct code_job *job, struct err *e);
