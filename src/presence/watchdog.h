// When to give up on a rank: a pure function of what is seen of it and of this process's own clock.
//
// Every rank watches the next one of the run, and the last one the first, by the file that each touches while it works
// or waits for others. A rank also watches its own training, which can stall although its process is busy.
#pragma once

#include <stdbool.h>

struct watchdog {
    double patience;     // seconds; 0: never gives up
    double last;         // time of the last look
    double peer_silence; // seconds since the peer's file changed
    double own_silence;  // seconds since this rank's training made progress
    bool was_gone;
};

struct watchdog_view {
    bool peer_changed; // its file, since the last look
    bool peer_gone;    // its process was seen to have ended
    bool trains;       // this rank is inside training
    bool has_progress; // it took a step, read or wrote since the last look
};

enum watchdog_verdict { WATCHDOG_FINE, WATCHDOG_PEER_GONE, WATCHDOG_PEER_HANGS, WATCHDOG_STANDS_STILL };

// Begins at time `now`, with `patience` seconds of silence allowed; 0: only a peer that is gone is reported.
void watchdog_start(struct watchdog *w, double patience, double now);
// Returns the seconds between two looks.
double watchdog_interval(const struct watchdog *w);
// Adds what was seen at time `now` and returns the verdict.
enum watchdog_verdict watchdog_check(struct watchdog *w, double now, const struct watchdog_view *v);
