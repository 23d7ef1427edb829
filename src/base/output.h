// A file that a command makes, replaces or adds to, for as long as the command works on it. Commands that write one
// file at the same time take turns: each holds the lock `.NAME.lock` beside it from the moment when it looks at the
// file until the new one has its name. So none undoes what another one has done. The kernel releases the lock of a
// process that ends, however it ends.
#pragma once

#include "base/disk.h"

struct output {
    char *path;            // owned: as given
    char *lock;            // owned: the file that is locked; NULL: there is no lock
    int fd;                // of the lock
    bool replaces_any;     // what another program wrote meanwhile does not matter; set by the caller
    struct disk_seen seen; // what had the name when our turn came
};

// Waits for the turn, with a message after some seconds; removes temporaries of the file whose processes of this
// machine have ended; looks at the file. Where the file system has no locks, a warning says so. Returns -1 and an error
// if a request to stop comes while it waits. `o` is to be released in every case.
int output_take(struct output *o, const char *path, struct err *e);
// Lets the next one have its turn. Does nothing if `o` is all zeros.
void output_release(struct output *o);
