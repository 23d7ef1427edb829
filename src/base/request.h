// Requests to a run by signals: write a checkpoint, or stop at one. The signal handler only sets a flag; the training
// loop looks at it between two steps.
//
//     SIGUSR1, SIGTERM, SIGINT    write a checkpoint and stop; a second SIGINT ends the process at once
//     SIGUSR2                     write a checkpoint and continue
//
// mpirun and srun pass only SIGUSR1 and SIGUSR2 on to every rank. If mpirun itself gets a SIGTERM or SIGINT, it kills
// its ranks after one second, which is enough to save only a small model.
#pragma once

enum request { REQUEST_NONE, REQUEST_CHECKPOINT, REQUEST_STOP }; // a larger request includes the smaller ones
enum {
    EXIT_STOPPED = 75
}; // exit code of a run that stopped before it was done (EX_TEMPFAIL of sysexits.h): start it again to resume it

// Turns the signals above into requests. Until request_begin, a request to stop ends the process at once with
// EXIT_STOPPED: during start-up nothing can be lost, and no code checks for requests yet.
void request_listen(void);
// Declares that the caller checks for requests to stop from now on.
void request_begin(void);
// Makes a request, as a signal does. A request that is smaller than the pending one changes nothing.
void request_raise(enum request r);
enum request request_pending(void);
// Clears a request that was carried out, unless a larger one has come since.
void request_served(enum request r);
