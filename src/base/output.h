// A file that a command makes, replaces or adds to, for as long as the command works on it. Commands that write one
// file at the same time take turns: each holds the lock `.NAME.lock` next to it from the moment when it looks at the
// file until the new one has its name. So no command undoes the work of another one. The kernel releases the lock of a
// process that ends, however it ends.
#pragma once

#include "base/disk.h"

struct output {
    char *path;            // owned; as given
    char *lock;            // owned; the file that is locked; NULL: there is no lock
    int fd;                // of the lock
    bool replaces_any;     // what another program wrote meanwhile does not matter; set by the caller
    struct disk_seen seen; // what had the name when our turn came
};

// Waits for its turn, with a message after some seconds. Then removes temporaries of the file whose processes, on this
// machine, have ended, and looks at the file. Prints a warning if the file system has no locks. Returns -1 and an error
// if a request to stop comes while it waits. The caller releases `o` in any case.
int output_take(struct output *o, const char *path, struct err *e);
// Lets the next one have its turn. Does nothing if `o` is all zeros.
void output_release(struct output *o);
