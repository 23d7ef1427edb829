// A process, known so well that another program can tell whether it still runs: a number alone is given out again.
#pragma once

#include "base/field.h"

struct process {
    char *host;         // owned, as all texts here
    char *boot;         // of the machine: a random text, new with every start; "" where the system tells none
    char *space;        // of process numbers: containers on one machine count their own
    int64_t pid, start; // `start`: when, in clock ticks since the boot
};
extern const struct field process_fields[];

void process_self(struct process *p); // of this program; the caller's to field_free
enum process_state {
    PROCESS_RUNS,
    PROCESS_GONE,
    PROCESS_ELSEWHERE // cannot be told from here
};
enum process_state process_look(const struct process *p);
// Whether a process of this number runs on this machine.
bool process_runs(int64_t pid);
