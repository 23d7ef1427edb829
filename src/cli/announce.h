// How the ranks of a launcher that we started report to us: that they have started, and how they ended.
//
// A launcher explains every exit code that is not 0, each MPI in its own words, and how its ranks are its children
// differs too. So ranks send datagrams to a socket of ours, whose name is in their environment.
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
// failure; without a socket nobody announces himself.
int announce_open(void);
// Takes the next announcement of a process of this user. Returns false if there is none now.
bool announce_take(int fd, struct announcement *a);

// In a rank: announces its start, if our own launcher has started it. Once, at the beginning of main.
void announce_start(void);
// In a rank: whether our own launcher has started it, on this node.
bool announce_is_ours(void);
// In a rank: announces its end, if it has announced its start and MPI has ended well. Returns the exit code for main: 0
// if it was announced, which leaves the launcher nothing to explain, or else `code`.
int announce_end(int code);
