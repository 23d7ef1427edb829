// Runs a launcher (mpirun) as our child: passes signals to its ranks, and names a rank that dies.
#pragma once

#include "base/err.h"
#include "comm/launcher.h"
#include <stdbool.h>

struct supervision {
    const struct launcher *launcher;
    int ranks;
    bool takes_requests; // ranks take requests (base/request.h); if false, SIGTERM and SIGINT end them at once
    bool reads_input;    // passes on standard input; if false, the launcher has no input
    // Writes a description of a rank, for the message about its death, to `out`. NULL: the message has only the number.
    void (*describe)(void *context, int rank, char out[512]);
    void *context;
    int *killed; // set to the first rank that ended, if a SIGKILL that we did not send ended it; NULL: not wanted
};

// Runs a launcher's command until it ends. Sets *code to the exit code for this process: the largest one that a rank
// has announced, or the launcher's own code if that reports a failure. SIGTERM and SIGINT ask the ranks to write a
// checkpoint and stop (SIGUSR1). A second one ends them at once: *code is then 128 and the signal's number, unless a
// rank has announced another code. SIGUSR1 and SIGUSR2 are passed on. If a signal kills a rank, prints which one to
// stderr, and *code is ERR_SYSTEM. Returns -1 and an error if the launcher did not start or failed before a rank had
// started.
int supervise(char **arguments, const struct supervision *s, int *code, struct err *e);
