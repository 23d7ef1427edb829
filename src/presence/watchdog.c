// When to give up on a rank: a pure function of what is seen of it and of this process's own clock.
#include "presence/watchdog.h"

#include <math.h>

void watchdog_start(struct watchdog *w, double patience, double now)
{
    *w = (struct watchdog){.patience = patience, .last = now};
}

double watchdog_interval(const struct watchdog *w)
{
    return w->patience > 0 ? w->patience / 8 : 60;
}

enum watchdog_verdict watchdog_look(struct watchdog *w, double now, const struct watchdog_view *v)
{
    // A process that was itself frozen for an hour has not seen an hour's silence.
    double passed = fmin(now - w->last, 2 * watchdog_interval(w));
    bool is_gone = v->peer_gone && w->was_gone; // twice: its end may just be coming to light through MPI
    w->last = now;
    w->was_gone = v->peer_gone;
    w->peer_silence = v->peer_changed ? 0 : w->peer_silence + passed;
    w->own_silence = v->has_progress || !v->trains ? 0 : w->own_silence + passed;
    if (is_gone)
        return WATCHDOG_PEER_GONE;
    if (w->patience > 0 && w->peer_silence >= w->patience)
        return WATCHDOG_PEER_HANGS;
    // Later: where this rank waits for one that hangs, its watcher is to say so.
    return w->patience > 0 && w->own_silence >= 1.5 * w->patience ? WATCHDOG_STANDS_STILL : WATCHDOG_FINE;
}
