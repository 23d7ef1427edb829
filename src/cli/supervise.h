// A launcher (mpirun) as our child: signals reach its ranks, and when one dies it is named.
#pragma once

#include "base/err.h"
#include "comm/launcher.h"
#include <stdbool.h>

struct supervision {
    const struct launcher *launcher;
    int ranks;
    bool takes_requests; // of base/request.h; else SIGTERM and SIGINT end the ranks at once
    bool reads_input;    // standard input is passed on; else the launcher has nothing to read
    // How a rank is named in the message of its death, into out; NULL: by its number alone.
    void (*describe)(void *context, int rank, char out[512]);
    void *context;
};

// Runs the command, a launcher's, until it ends. *code is the exit code for this process: the largest that a rank has
// announced, or else the launcher's. SIGTERM and SIGINT ask the ranks for a checkpoint and to stop (SIGUSR1); a second
// one ends them at once: *code is then 128 and the signal's number, unless a rank has announced another. SIGUSR1 and
// SIGUSR2 are passed on. If a signal kills a rank, the rank is named on stderr, and *code is ERR_SYSTEM. Returns -1 and
// an error if the launcher did not start or failed before a rank had started.
int supervise(char **arguments, const struct supervision *s, int *code, struct err *e);
