// How the ranks of a launcher that we started report to us: that they have started, and how they ended.
//
// Each launcher explains exit codes that are not 0 in its own words, and not every launcher is the parent of its ranks.
// So the ranks send datagrams to a socket of ours, whose name is in their environment.
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct announcement {
    int rank;
    pid_t pid; // as the kernel says
    bool has_ended;
    int code; // if it has ended
};

// In the process that starts the launcher: opens the socket, and names it in the environment. Returns -1 and errno on
// failure; without a socket, no rank announces itself.
int announce_open(void);
// Takes the next announcement of a process of this user. Returns false if there is none now.
bool announce_take(int fd, struct announcement *a);

// In a rank: announces its start, if our own launcher has started it. Call it once, at the beginning of main.
void announce_start(void);
// In a rank: returns whether our own launcher has started it, on this node.
bool announce_is_ours(void);
// In a rank: announces its end, if it has announced its start and MPI has ended well. Returns the exit code for main: 0
// if it was announced, which leaves the launcher nothing to explain, or else `code`.
int announce_end(int code);
