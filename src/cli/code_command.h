// Shared by encode, decode and generate: the options, and the function that does their work.
#pragma once

#include "apply/codes_file.h"
#include "cli/options.h"

struct code_options {
    int64_t ranks, threads;
    char *output;
    bool force;
    int64_t count, seed, grid; // only of generate; count and grid are 0 if not given
    char *png;
};
// The options that all three have, as rows of their tables. Other rows may come before.
#define CODE_FIELDS                                                                                    \
    {.key = "output",                                                                                  \
        .type = FIELD_TEXT,                                                                            \
        .offset = offsetof(struct code_options, output),                                               \
        .help = "FILE.h5:SPLIT to write; other splits of the file stay; never the file that is read"}, \
        {.key = "force",                                                                               \
            .type = FIELD_BOOL,                                                                        \
            .offset = offsetof(struct code_options, force),                                            \
            .default_text = "false",                                                                   \
            .help = "replace an existing split"},                                                      \
        {.key = "ranks",                                                                               \
            .type = FIELD_INT,                                                                         \
            .offset = offsetof(struct code_options, ranks),                                            \
            .min = 1,                                                                                  \
            .max = 1 << 20,                                                                            \
            .help = "MPI ranks: starts mpirun where no launcher has started us; default: 1"},          \
        {.key = "threads",                                                                             \
            .type = FIELD_INT,                                                                         \
            .offset = offsetof(struct code_options, threads),                                          \
            .min = 1,                                                                                  \
            .max = 1024,                                                                               \
            .help = "OpenMP threads of each rank; default: the cores"},                                \
    {                                                                                                  \
        0                                                                                              \
    }

// Parses the options, writes the split and prints a summary. Returns the exit code.
int code_command(const struct command *command, enum code_task task, int argc, char **argv);
