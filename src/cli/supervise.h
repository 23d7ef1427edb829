// A launcher (mpirun) as our child: signals reach its ranks, and when one dies it is named.
#pragma once

#include "base/err.h"
#include <stdbool.h>

struct supervision {
    int ranks;
    bool takes_requests; // of base/request.h; else SIGTERM and SIGINT end the ranks at once
    // How a rank is named in the message of its death, into out; NULL: by its number alone.
    void (*describe)(void *context, int rank, char out[512]);
    void *context;
};

// Runs the command until it ends; *code is the exit code for this process. SIGTERM and SIGINT ask the ranks for a
// checkpoint and to stop (SIGUSR1, which mpirun passes on); a second one ends them at once.
// SIGUSR1 and SIGUSR2 are passed on. A rank that dies by a signal is told on stderr, with ERR_SYSTEM as *code. -1 and
// an error where the command cannot be started.
int supervise(char **arguments, const struct supervision *s, int *code, struct err *e);
