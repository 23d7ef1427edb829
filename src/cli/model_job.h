// What score, encode, decode and generate have in common: a trained model, a split of a data set, ranks and threads.
#pragma once

#include "import/file_set.h"
#include "trial/model_load.h"

// What MODEL may be, for the help of the commands.
#define MODEL_HELP \
    "MODEL is the file of a trial, or a run: its folder or run.h5 (the best trial; RUN:ID selects another).\n"

struct model_job {
    const char *model, *data; // as given: MODEL, DATA:SPLIT; data NULL: none
    char *const *files;       // (n_files) instead of `data`: files of other formats, or "-" for standard input
    int n_files;
    struct file_set set;     // owned; what `files` borrows
    int64_t ranks, threads;  // 0: not given
    const char *calibration; // as given: another FILE.h5:SPLIT that `work` reads; NULL: none
    const char *output;      // file to write: is neither the model nor the data; NULL: none
    const char *format;      // of that file: only one of it is replaced; NULL: any, which `work` checks
    bool force;              // replace the whole file; a data set keeps its other splits and is checked by itself
    int argc;
    char **argv; // of the command, for mpirun
    // Collective over team->comm. `source` is NULL without data. Returns -1 and an error, the same on all ranks.
    int (*work)(const struct team *team, const struct trained_model *m, const struct data_source *source, void *context,
        struct err *e);
    void *context;
};

// Walks the files on rank 0, starts MPI, loads the model on every rank, calls `work` and ends MPI.
int model_job_run(const struct model_job *j, struct err *e);
