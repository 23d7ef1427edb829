// The identity of a process, by which another program can find out whether it still runs. A process number is not
// enough, because the system uses it again.
#pragma once

#include "base/field.h"

struct process {
    char *host;  // owned, as all strings here
    char *boot;  // of the machine: a random string for each start; "" if the system has none
    char *space; // of process numbers: each container on a machine has its own
    int64_t pid;
    int64_t start; // in clock ticks since the boot
};
extern const struct field process_fields[];

// Describes this process. The caller frees `p` with field_free.
void process_self(struct process *p);

enum process_state {
    PROCESS_RUNS,
    PROCESS_GONE,
    PROCESS_ELSEWHERE // cannot be seen from here
};
// Looks whether a process of any machine still runs.
enum process_state process_examine(const struct process *p);
// Returns whether a process of this number runs on this machine.
bool process_runs(int64_t pid);
