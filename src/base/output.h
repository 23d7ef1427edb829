// A file that a command makes, replaces or adds to, for as long as the command works on it. Commands that write one
// file at the same time take turns: each holds the lock `.NAME.lock` next to the file from its first look at the file
// until the new file has the name. So no command undoes the work of another one. However a process ends, the kernel
// releases its lock.
#pragma once

#include "base/disk.h"

struct output {
    char *path;            // owned; as given
    char *lock;            // owned; path of the lock's file; NULL: there is no lock
    int fd;                // descriptor of the lock's file
    bool replaces_any;     // set by the caller: replaces the file even if another program has changed it meanwhile
    struct disk_seen seen; // the file that had the name when our turn came
};

// Waits for this process's turn, and prints a message if that takes some seconds. Then removes the file's temporaries
// whose processes ran on this machine and have ended, and records in `seen` which file is there. Prints a warning if
// the file system has no locks. Returns -1 and an error if a request to stop comes during the wait. The caller releases
// `o` in any case.
int output_take(struct output *o, const char *path, struct err *e);
// Ends the turn and frees what `o` owns. Does nothing if `o` is all zeros.
void output_release(struct output *o);
