// How far a run is: a bar with the time left on a terminal.
#include "run/progress.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct progress {
    int trials, done, groups;
    double operations, operations_done;
    double started, drawn;
};

struct progress *progress_new(int trials, double operations, int groups)
{
    struct progress *p = mem_new(1, sizeof *p);
    *p = (struct progress){.trials = trials, .groups = groups, .operations = operations, .started = clock_wall()};
    return p;
}

void progress_free(struct progress **p)
{
    log_progress_end();
    free(*p);
    *p = NULL;
}

void progress_done(struct progress *p, double operations)
{
    p->done++;
    p->operations_done += operations;
}

// The share of the run that is done. Of the other groups' trials in flight no more is known than that they are as far
// as the own one on average.
static double fraction(const struct progress *p, const struct order *order, double epochs_done)
{
    double own = isnan(epochs_done) || order->epochs == 0 ? 1 : epochs_done / (double)order->epochs;
    int in_flight = p->trials - p->done < p->groups ? p->trials - p->done : p->groups;
    double done = p->operations_done + own * order->operations * in_flight;
    return done < p->operations ? done / p->operations : 1;
}

void progress_show(struct progress *p, const struct order *order, double epochs_done)
{
    enum { WIDTH = 24 };
    double now = clock_wall(), elapsed = now - p->started;
    if (now - p->drawn < 0.1 || !log_has_terminal())
        return;
    p->drawn = now;
    double done = fraction(p, order, epochs_done);
    int filled = (int)(done * WIDTH);
    char bar[WIDTH + 1], left[48], epoch[48];
    memset(bar, '#', (size_t)filled);
    memset(bar + filled, '.', (size_t)(WIDTH - filled));
    bar[WIDTH] = 0;
    if (isnan(epochs_done))
        snprintf(epoch, sizeof epoch, "scoring");
    else
        snprintf(epoch, sizeof epoch, "epoch %d/%lld", (int)epochs_done + 1, (long long)order->epochs);
    log_progress("[%s] %3.0f %%  trial %d/%d  %s  %s left", bar, 100 * done, p->done + 1, p->trials, epoch,
        done > 0 ? text_seconds(left, elapsed * (1 - done) / done) : "?");
}
