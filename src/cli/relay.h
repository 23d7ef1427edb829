// Passes on what a child process prints. So only this process notices when the reader of the output ends: mpirun would
// crash if it noticed.
#pragma once

#include <stdbool.h>

struct relay {
    int from;    // the child's output; -1: there is no relay, or its output has ended
    int to;      // our descriptor to which the output goes
    int write;   // the child's end of the pipe; -1: closed
    bool is_cut; // the reader has ended: further output is dropped
};

// Opens a relay to our descriptor `to` if that is a pipe or a socket. If not, there is no relay, and the child prints
// there itself.
void relay_open(struct relay *r, int to);
// In the child: connects its descriptor `fd` to the relay, if there is one.
void relay_use(const struct relay *r, int fd);
// Closes the child's end. Call it once in the parent, after the fork.
void relay_start(struct relay *r);
// Passes on the output that has arrived, and waits at most a moment for a slow reader. SIGPIPE must be ignored. Returns
// false if the child's output has ended.
bool relay_pass(struct relay *r);
// Passes on the remaining output of a child that has ended, and closes the relay.
void relay_finish(struct relay *r);
