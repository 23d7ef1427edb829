// Codes of data, reconstructions of codes, and samples of a variational model: each becomes a split of a data-set file.
#pragma once

#include "trial/model_load.h"

enum code_task { TASK_ENCODE, TASK_DECODE, TASK_GENERATE };

struct code_job {
    enum code_task task;
    const struct trained_model *model; // borrowed
    const struct data_source *source;  // borrowed; rows to encode, codes to decode; NULL for TASK_GENERATE
    const char *output;                // FILE.h5:SPLIT
    bool force;                        // replace a split that exists
    int64_t rows;                      // to generate; afterwards, for every task, the rows written
    int64_t seed;                      // of TASK_GENERATE
    int64_t grid;                      // of TASK_GENERATE: codes per side of a grid, instead of `rows`; 0: none
};

// Collective over team->comm. Runs the task and writes the split, whole or not at all; labels are copied along. What is
// decoded or generated is in the units of the data. Returns -1 and an error on every rank.
//
// A grid needs codes of two values. Its codes are the standard normal distribution's quantiles of evenly spaced points
// in the unit square (Kingma and Welling 2014, figure 4), row by row: the first value grows to the right, the second
// one upwards.
int codes_write(const struct team *team, struct code_job *job, struct err *e);
