// Finds runs of time steps, the windows in them, and the length of a period.
#include "data/window.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/timestamp.h"
#include <math.h>
#include <stdlib.h>

struct window_step window_step_of(const struct coordinates *c, int64_t at, int64_t row)
{
    struct window_step step = {.row = row};

    if (c->time)
        step.time = c->time[at];
    if (c->group)
        step.group = c->group[at];
    return step;
}

bool window_continues(const struct window_config *c, const struct window_step *a, const struct window_step *b)
{
    if (a->source != b->source || a->row + 1 != b->row || a->group != b->group)
        return false;
    if (a->time == TIME_MISSING || b->time == TIME_MISSING || b->time < a->time)
        return false;

    // The difference of two times can be larger than INT64_MAX, but not than UINT64_MAX.
    return (uint64_t)b->time - (uint64_t)a->time <= (uint64_t)c->max_gap || c->max_gap == WINDOW_ANY_GAP;
}

void windows_begin(struct series_windows *w, const struct window_config *c)
{
    ASSERT(c->length > 0 && c->step > 0, "windows of %lld steps", (long long)c->length);
    *w = (struct series_windows){.length = c->length, .step = c->step, .open = -1};
}

// Ends the open run, if there is one, and counts its windows. Its last step is w->steps - 1.
static void close_run(struct series_windows *w)
{
    int64_t steps = w->steps - w->open;

    if (w->open < 0)
        return;
    w->longest_run = steps > w->longest_run ? steps : w->longest_run;
    if (steps < w->length) {
        w->short_runs++;
        w->short_steps += steps;
        return;
    }

    if ((w->runs & (w->runs - 1)) == 0) // a power of two: the capacity doubles
        w->run = mem_grow(w->run, w->runs ? 2 * (size_t)w->runs : 1, sizeof *w->run);
    w->run[w->runs++] = (struct window_run){w->open, w->count};
    w->count += (steps - w->length) / w->step + 1;
}

void windows_add(struct series_windows *w, bool continues)
{
    if (!continues || w->open < 0) {
        close_run(w);
        w->open = w->steps;
    }
    w->steps++;
}

void windows_add_step(struct series_windows *w, const struct window_config *c, const struct window_step *last,
    const struct window_step *step)
{
    w->group_changes += last && last->source == step->source && last->group != step->group;
    windows_add(w, last && window_continues(c, last, step));
}

bool windows_are_interleaved(const struct series_windows *w, int64_t groups)
{
    return groups > 0 && w->group_changes >= groups;
}

void windows_end(struct series_windows *w)
{
    close_run(w);
    w->open = -1;
    ASSERT((w->runs > 0) == (w->count > 0), "%lld windows", (long long)w->count);
}

void windows_free(struct series_windows *w)
{
    free(w->run);
    *w = (struct series_windows){0};
}

// Returns the number of the run that contains window `i`.
static int64_t find_run(const struct series_windows *w, int64_t i)
{
    int64_t low = 0, high = w->runs;

    ASSERT(i >= 0 && i < w->count, "window %lld of %lld", (long long)i, (long long)w->count);
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        if (w->run[middle].first_window <= i)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t windows_first_step(const struct series_windows *w, int64_t i)
{
    const struct window_run *r = &w->run[find_run(w, i)];

    return r->first_step + (i - r->first_window) * w->step;
}

int64_t windows_in_run(const struct series_windows *w, int64_t i, int64_t last)
{
    int64_t run = find_run(w, i);
    int64_t end = run + 1 < w->runs ? w->run[run + 1].first_window : w->count;

    return (end < last ? end : last) - i;
}

int64_t window_deciding_step(int label, int64_t length, const int8_t *is_anomaly)
{
    if (label == WINDOW_LABEL_CENTER)
        return length / 2;
    for (int64_t i = 0; label == WINDOW_LABEL_ANY && is_anomaly && i < length; i++)
        if (is_anomaly[i])
            return i;
    return length - 1;
}

// --- the length of a period

// Sets centred (steps) to column `c` of x minus its mean; missing values become 0. Returns the sum of squares.
static double centre_column(const double *x, int64_t steps, int columns, int c, double *centred)
{
    double sum = 0, squares = 0;
    int64_t n = 0;

    for (int64_t i = 0; i < steps; i++) {
        centred[i] = x[i * columns + c];
        if (isfinite(centred[i])) {
            sum += centred[i];
            n++;
        }
    }

    for (int64_t i = 0; i < steps; i++) {
        centred[i] = isfinite(centred[i]) ? centred[i] - sum / (double)n : 0;
        squares += centred[i] * centred[i];
    }
    return squares;
}

// Adds the autocorrelation of centred (steps) at lags 0 to `most` to sum (most + 1).
static void add_correlation(const double *centred, int64_t steps, double squares, int64_t most, double *sum)
{
    for (int64_t lag = 0; lag <= most; lag++) {
        double product = 0;
        for (int64_t i = lag; i < steps; i++)
            product += centred[i] * centred[i - lag];
        sum[lag] += product / squares;
    }
}

int64_t window_period(const double *x, int64_t steps, int columns)
{
    int64_t most = WINDOW_LAG_MOST + 1 < steps - 1 ? WINDOW_LAG_MOST + 1 : steps - 1, best = 0;
    double sum[WINDOW_LAG_MOST + 2] = {0};
    double *centred = mem_new((size_t)steps + 1, sizeof *centred);

    ASSERT(steps >= 0 && columns > 0, "%lld steps of %d columns", (long long)steps, columns);
    for (int c = 0; c < columns; c++) {
        double squares = centre_column(x, steps, columns, c, centred);
        if (squares > 0 && isfinite(squares))
            add_correlation(centred, steps, squares, most, sum);
    }
    free(centred);

    for (int64_t lag = WINDOW_LAG_LEAST; lag < most; lag++)
        if (sum[lag] > sum[lag - 1] && sum[lag] > sum[lag + 1] && (best == 0 || sum[lag] > sum[best]))
            best = lag;
    return best ? best : WINDOW_FALLBACK;
}
