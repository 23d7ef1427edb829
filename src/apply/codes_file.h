// Codes of data, reconstructions of codes, and samples of a variational model: each a split of a data-set file.
#pragma once

#include "trial/model_load.h"

enum code_task { TASK_ENCODE, TASK_DECODE, TASK_GENERATE };

struct code_job {
    enum code_task task;
    const struct trained_model *model; // borrowed
    const struct data_source *source;  // borrowed: rows to encode, codes to decode; of TASK_GENERATE NULL
    const char *output;                // FILE.h5:SPLIT
    bool force;                        // replace a split that exists
    int64_t rows, seed;                // of TASK_GENERATE; afterwards `rows` of every task
    int64_t grid;                      // of TASK_GENERATE: so many codes a side of a grid, in place of rows; 0: none
};

// Collective over team->comm. The codes of a grid, which has two values a code, are the standard normal distribution's
// quantiles of points with equal distances in the unit square (Kingma and Welling 2014, figure 4), row by row: the
// first value grows to the right, the second one upwards. Writes the split whole or not at all; labels come along. What
// is decoded and generated is in the units of the data. -1 and an error on every rank.
int code_new(const struct team *team, struct code_job *job, struct err *e);
