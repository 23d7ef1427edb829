// Estimates the time left from the expected operations of the trials. Rank 0 knows how far its own trial is, and which
// trials of other groups have been reported.
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
    double started, drawn; // when the run began, and when the bar was drawn last
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

// Returns the share of the run that is done. Assumes that the current trials of other groups are as far as our own,
// which is right on average.
static double progress_fraction(const struct progress *p, const struct order *order, double epochs_done)
{
    bool is_trained = isnan(epochs_done) || order->planned.epochs == 0;
    double own = is_trained ? 1 : epochs_done / (double)order->planned.epochs;
    int left = p->trials - p->done;
    int in_flight = left < p->groups ? left : p->groups;
    double done = p->operations_done + own * order->planned.operations * in_flight;
    return done < p->operations ? done / p->operations : 1;
}

void progress_show(struct progress *p, const struct order *order, double epochs_done)
{
    enum { WIDTH = 24 };
    char bar[WIDTH + 1], left[48], epoch[48];
    double now = clock_wall();
    double elapsed = now - p->started;

    if (now - p->drawn < 0.1 || !log_has_terminal())
        return;
    p->drawn = now;

    double done = progress_fraction(p, order, epochs_done);
    int filled = (int)(done * WIDTH);
    ASSERT(filled >= 0 && filled <= WIDTH, "%g", done);
    memset(bar, '#', (size_t)filled);
    memset(bar + filled, '.', (size_t)(WIDTH - filled));
    bar[WIDTH] = 0;

    if (isnan(epochs_done))
        snprintf(epoch, sizeof epoch, "scoring");
    else
        snprintf(epoch, sizeof epoch, "epoch %d/%lld", (int)epochs_done + 1, (long long)order->planned.epochs);
    log_progress("[%s] %3.0f %%  trial %d/%d  %s  %s left", bar, 100 * done, p->done + 1, p->trials, epoch,
        done > 0 ? text_seconds(left, elapsed * (1 - done) / done) : "?");
}
