// Decides when to give up on a rank. The verdict depends only on what was seen of the rank and on this process's clock.
//
// Each rank watches its peer: the next rank of the run, or the first one for the last rank. A rank touches its beacon's
// file while it works or waits for others, so the peer's file shows whether the peer is alive. A rank also watches its
// own training, which can stall although the process is busy.
#pragma once

#include <stdbool.h>

struct watchdog {
    double patience;     // seconds of silence after which a rank is given up; 0: no limit
    double last;         // time when we last looked
    double peer_silence; // seconds since the peer's file changed
    double own_silence;  // seconds since this rank's training made progress
    bool was_gone;
};

struct watchdog_view {
    bool peer_changed; // the peer's file has changed since the last look
    bool peer_gone;    // the peer's process was seen to have ended
    bool trains;       // this rank is training
    bool has_progress; // this rank took a step, read or wrote since the last look
};

enum watchdog_verdict { WATCHDOG_FINE, WATCHDOG_PEER_GONE, WATCHDOG_PEER_HANGS, WATCHDOG_STANDS_STILL };

// Starts watching at time `now`. After `patience` seconds of silence a rank is given up. If `patience` is 0, a rank is
// given up only if its process has ended.
void watchdog_start(struct watchdog *w, double patience, double now);
// Returns the seconds from one look to the next.
double watchdog_interval(const struct watchdog *w);
// Adds what was seen at time `now`. Returns the verdict.
enum watchdog_verdict watchdog_check(struct watchdog *w, double now, const struct watchdog_view *v);
