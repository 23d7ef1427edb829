// What a signal asks of a run: a checkpoint, or to stop at one. The handler sets a flag and no more; whoever works
// looks at it between two steps.
//
//     SIGUSR1, SIGTERM, SIGINT    write a checkpoint and stop; a second SIGINT ends the process at once
//     SIGUSR2                     write a checkpoint and go on
//
// mpirun and srun pass SIGUSR1 and SIGUSR2 on to every rank and do no more; after a SIGTERM or SIGINT of its own mpirun
// kills its ranks within a second, which is enough for a small model alone.
#pragma once

enum request { REQUEST_NONE, REQUEST_CHECKPOINT, REQUEST_STOP }; // a larger one includes the smaller
enum {
    EXIT_STOPPED = 75
}; // exit code of a run that stopped with more to do (EX_TEMPFAIL of sysexits.h): start it again

// From now on the signals above are requests. Until request_begin one to stop ends the process at once with
// EXIT_STOPPED: in start-up nothing has been begun that could be lost, and nobody looks at requests.
void request_listen(void);
// From now on whoever works looks at requests to stop.
void request_begin(void);
// As a signal does; a smaller one changes nothing.
void request_raise(enum request r);
enum request request_pending(void);
// What was asked for is done: forgets it, unless a larger request has come since.
void request_served(enum request r);
