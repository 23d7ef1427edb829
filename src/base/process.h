// The identity of a process, by which another program can find out whether it still runs. A process number is not
// enough, because the system uses numbers again.
#pragma once

#include "base/field.h"

struct process {
    char *host;  // owned
    char *boot;  // owned; a random string that the machine makes at each start; "" if the system has none
    char *space; // owned; the namespace of process numbers: each container on a machine has its own
    int64_t pid;
    int64_t start; // in clock ticks since the boot
};
extern const struct field process_fields[];

// Describes this process. The caller frees `p` with field_free.
void process_self(struct process *p);

enum process_state {
    PROCESS_RUNS,
    PROCESS_GONE,
    PROCESS_ELSEWHERE // on another machine or in another container: cannot be examined from here
};
// Finds out whether a process, which may be one of another machine, still runs.
enum process_state process_examine(const struct process *p);
// Returns true if a process with this number runs on this machine.
bool process_runs(int64_t pid);
