// Codes of data, reconstructions of codes, and samples of a variational model: each a split of a data-set file.
#pragma once

#include "sweep/model_load.h"

enum code_task { TASK_ENCODE, TASK_DECODE, TASK_GENERATE };

struct code_job {
    enum code_task task;
    const struct trained_model *model; // borrowed
    const struct data_source *source;  // borrowed: rows to encode, codes to decode; of TASK_GENERATE NULL
    const char *output;                // FILE.h5:SPLIT
    bool force;                        // replace a split that exists
    int64_t rows, seed;                // of TASK_GENERATE; afterwards `rows` of every task
};

// Collective over team->comm. Writes the split whole or not at all; labels come along. What is decoded and generated is
// in the units of the data. -1 and an error on every rank.
int code_new(const struct team *team, struct code_job *job, struct err *e);
