// Shared by score, explain, encode, decode and generate: a trained model, a split of a data set, ranks and threads.
#pragma once

#include "trial/model_load.h"

// The forms of MODEL, for the help of the commands.
#define MODEL_HELP \
    "MODEL is the file of a trial, or a run: its folder or run.h5 (the best trial; RUN:ID selects another).\n"
// For the commands that also take an ensemble.
#define ENSEMBLE_HELP "RUN:ensemble, or a file that hourglass ensemble wrote, is all of its members together.\n"

struct model_job {
    const char *model, *data; // as given: MODEL, and FILE.h5:SPLIT; data NULL: no split is read
    char *const *files;       // (n_files) instead of `data`: files of other formats, or "-" for standard input
    int n_files;
    int64_t ranks, threads;    // 0: not given
    const char *calibration;   // as given: another FILE.h5:SPLIT that `work` reads; NULL: none
    const char *output;        // path of the output; must be neither the model nor the data; NULL: no output
    const char *output_option; // the option that names the output, for messages; NULL: --output
    const char *format; // format of the output: only a file of this format is replaced; NULL: `work` checks the file
    bool force;         // replace an output that exists; if it is a data set, `work` checks whether its split exists
    int argc;
    char **argv; // arguments of the command, for mpirun
    // Collective over team->comm. `source` is NULL if there is no data. Returns -1 and an error, the same on all ranks.
    int (*work)(const struct team *team, const struct trained_model *m, const struct data_source *source, void *context,
        struct err *e);
    void *context;
};

// Starts the ranks that the user asks for, checks the files on rank 0, starts MPI, loads the model on every rank, calls
// `work` and ends MPI. Returns 0, or -1 and errors.
int model_job_run(const struct model_job *j, struct err *e);
