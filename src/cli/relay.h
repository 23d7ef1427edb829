// Passes on what a child process prints, so that only we notice when its reader ends: mpirun crashes then.
#pragma once

#include <stdbool.h>

struct relay {
    int from;    // the child's output; -1: there is no relay, or its output has ended
    int to;      // our descriptor that it goes to
    int write;   // the end for the child; -1: closed
    bool is_cut; // nobody reads any more: what comes is dropped
};

// Opens a relay to our descriptor `to` if that is a pipe or a socket. The child of other output prints there itself.
void relay_open(struct relay *r, int to);
// In the child: makes its descriptor `fd` print into the relay, unless there is none.
void relay_use(const struct relay *r, int fd);
// Called once in the parent after the fork. Closes the child's end.
void relay_start(struct relay *r);
// Passes on what is there, and waits at most a moment for a slow reader. SIGPIPE must be ignored. Returns false if the
// child's output has ended.
bool relay_pass(struct relay *r);
// Passes on the rest of a child that has ended, and closes the relay.
void relay_finish(struct relay *r);
