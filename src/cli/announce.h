// Ranks report to the process that started their launcher: that they have started, and how they ended.
//
// Each launcher explains exit codes that are not 0 in its own words, and not every launcher is the parent of its ranks.
// So the ranks send datagrams to a socket of ours. Its name is in their environment.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct announcement {
    int rank;
    pid_t pid; // as the kernel reports it
    bool has_ended;
    int code; // exit code, if the rank has ended
};

// In the process that starts the launcher: opens the socket and puts its name in the environment. Returns the
// descriptor, or -1 and errno, in which case no rank announces itself.
int announce_open(void);
// Takes the next announcement of a process of this user. Returns false if none has arrived.
bool announce_take(int fd, struct announcement *a);

// In a rank: announces its start, if a process of ours started its launcher. Call it once, at the beginning of main.
void announce_start(void);
// In a rank: returns true if a process of ours on this node started its launcher.
bool announce_is_ours(void);
// In a rank: announces its end, if it has announced its start and MPI has ended well. Returns the exit code for main: 0
// if the end was announced, so that the launcher has nothing to explain, or else `code`.
int announce_end(int code);
