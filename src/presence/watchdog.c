// Counts the seconds of silence of a peer and of this rank.
#include "presence/watchdog.h"

#include "base/err.h"
#include <math.h>

void watchdog_start(struct watchdog *w, double patience, double now)
{
    ASSERT(patience >= 0, "%g s", patience);
    *w = (struct watchdog){.patience = patience, .last = now};
}

double watchdog_interval(const struct watchdog *w)
{
    ASSERT(w->patience >= 0, "%g s", w->patience);
    return w->patience > 0 ? w->patience / 8 : 60;
}

enum watchdog_verdict watchdog_check(struct watchdog *w, double now, const struct watchdog_view *v)
{
    // If this process itself was frozen for an hour, it has not seen an hour of silence.
    double passed = fmin(now - w->last, 2 * watchdog_interval(w));
    // The peer must be seen dead twice, because MPI may be about to report its end.
    bool is_gone = v->peer_gone && w->was_gone;

    ASSERT(now >= w->last, "%g s after %g s", now, w->last);
    w->last = now;
    w->was_gone = v->peer_gone;
    w->peer_silence = v->peer_changed ? 0 : w->peer_silence + passed;
    w->own_silence = v->has_progress || !v->trains ? 0 : w->own_silence + passed;

    if (is_gone)
        return WATCHDOG_PEER_GONE;
    if (w->patience > 0 && w->peer_silence >= w->patience)
        return WATCHDOG_PEER_HANGS;
    // The limit for this rank is longer: if it waits for a rank that hangs, the watcher of that rank reports first.
    return w->patience > 0 && w->own_silence >= 1.5 * w->patience ? WATCHDOG_STANDS_STILL : WATCHDOG_FINE;
}
