// Points in the space of a sweep's keys: computes values from numbers, and draws random points.
#include "search/search_impl.h"

#include "base/mem.h"
#include "base/random.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STREAM_ORDER, STREAM_TPE, STREAM_KEYS }; // streams of random numbers; key k has stream STREAM_KEYS + k

double draw_unit(struct draw *d)
{
    struct random_block b = random_at(d->seed, RANDOM_SEARCH, d->stream, d->next++);
    return ((double)(b.v[0] >> 5) * 0x1p26 + (double)(b.v[1] >> 6)) * 0x1p-53;
}

struct draw draw_proposal(const struct search *s, int64_t i)
{
    return (struct draw){(uint64_t)s->config.seed, (uint64_t)i << 32, STREAM_TPE};
}

bool range_is_integer(const struct sweep_range *r)
{
    return r->kind != SWEEP_UNIFORM && r->kind != SWEEP_LOG_UNIFORM;
}

bool range_is_log(const struct sweep_range *r)
{
    return r->kind == SWEEP_LOG_UNIFORM || r->kind == SWEEP_LOG_INTEGER;
}

// Rounds to six digits, which are enough, are easy to read in specs, and do not depend on the last bit of a machine's
// logarithm.
double range_round(const struct sweep_range *r, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", value);
    value = range_is_integer(r) ? round(value) : strtod(text, NULL);
    return fmin(fmax(value, r->low), r->high);
}

double range_value(const struct sweep_range *r, double unit)
{
    ASSERT(unit >= 0 && unit < 1, "%g", unit);
    double low = r->low, value;
    double high = range_is_integer(r) ? r->high + 1 : r->high; // so that every integer is equally likely
    if (range_is_log(r))
        value = exp(log(low) + unit * (log(high) - log(low)));
    else
        value = low + unit * (high - low);
    return range_round(r, range_is_integer(r) ? floor(value) : value);
}

enum { ATTEMPTS = 10000 }; // most attempts to draw a point that is not excluded

// Draws point i, in attempt number `attempt`. Attempt 0 gives the point that is drawn without rules.
static void draw_point(const struct search *s, int64_t i, int64_t attempt, double *value)
{
    for (int k = 0; k < s->n; k++) {
        struct draw d = {(uint64_t)s->config.seed, (uint64_t)i + ((uint64_t)attempt << 32), STREAM_KEYS + (uint32_t)k};
        struct sweep_range r = spec_sweep_range(s->sweep, k);
        value[k] = range_value(&r, draw_unit(&d));
    }
}

// Draws points until one is allowed. Each has the values of starting point `start` (-1: none). Returns false if no
// attempt succeeds.
static bool draw_allowed(const struct search *s, int64_t i, int start, double *value)
{
    for (int64_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        draw_point(s, i, attempt, value);
        if (start >= 0)
            spec_sweep_start(s->sweep, start, value);
        if (s->seed_key >= 0)
            value[s->seed_key] = 0;
        spec_sweep_complete(s->sweep, value);
        if (spec_sweep_is_allowed(s->sweep, value))
            return true;
    }
    return false;
}

static int complete_starts(struct search *s, struct err *e)
{
    s->starts = spec_sweep_starts(s->sweep);
    s->start = mem_new((size_t)(s->starts * s->n) + 1, sizeof *s->start);
    for (int i = 0; i < s->starts; i++)
        if (!draw_allowed(s, i, i, s->start + (ptrdiff_t)i * s->n))
            return node_error(node_item(s->config.start, i), e, "this starting point is excluded by sweep.exclude");
    return 0;
}

static bool is_start(const struct search *s, int32_t number)
{
    for (int64_t i = 0; i < s->starts; i++)
        if (spec_sweep_combination_number(s->sweep, s->seed_key, s->start + i * s->n) == number)
            return true;
    return false;
}

static void shuffle_combinations(struct search *s)
{
    s->order = mem_new((size_t)s->combinations, sizeof *s->order);
    random_permutation((uint64_t)s->config.seed, RANDOM_SEARCH, STREAM_ORDER, 0, (int32_t)s->combinations, s->order);
    for (int64_t i = 0; i < s->combinations; i++)
        if (!is_start(s, s->order[i]))
            s->order[s->order_n++] = s->order[i];
}

int space_shuffle(struct search *s, struct err *e)
{
    if (complete_starts(s, e) < 0)
        return -1;
    if (s->combinations > 0) {
        shuffle_combinations(s);
        return 0;
    }

    double *value = mem_new((size_t)s->n + 1, sizeof *value);
    bool is_found = true;
    for (int64_t i = s->starts; i < s->configurations && s->config.exclude && is_found; i++)
        is_found = draw_allowed(s, i, -1, value);
    free(value);
    return is_found ? 0 : node_error(s->config.exclude, e, "%d random configurations in a row are excluded", ATTEMPTS);
}

void space_random(const struct search *s, int64_t i, double *value)
{
    ASSERT(i >= 0, "%lld", (long long)i);
    if (i < s->starts || (s->order && s->order_n == 0))
        memcpy(value, s->start + i % s->starts * s->n, (size_t)s->n * sizeof *value);
    else if (s->order)
        spec_sweep_combination(s->sweep, s->seed_key, s->order[(i - s->starts) % s->order_n], value);
    else
        draw_allowed(s, i, -1, value);
}

int space_configurations(struct search *s, struct err *e)
{
    s->configurations = s->config.trials;
    if (s->combinations > 0 && (!s->config.trials || s->config.trials > s->combinations))
        s->configurations = s->combinations;
    if (s->configurations > 0 && s->configurations < spec_sweep_starts(s->sweep))
        return node_error(s->config.start, e, "found %d starting points for %lld configurations",
            spec_sweep_starts(s->sweep), (long long)s->configurations);
    if (s->configurations > 0)
        return 0;
    return node_error(spec_sweep_section(s->sweep), e,
        "found no number of trials, allowed with method %s and a range: trials: NUMBER",
        sweep_method_name(s->config.method));
}

void space_place(const struct search *s, int64_t configuration, int64_t repeat, struct search_trial *t, double *value)
{
    ASSERT(configuration >= 0 && configuration < s->configurations, "configuration %lld", (long long)configuration);
    ASSERT(repeat >= 0 && repeat < s->repeats, "repeat %lld", (long long)repeat);
    *t = (struct search_trial){.configuration = (int)configuration, .repeat = (int)repeat};
    if (s->seed_key >= 0)
        value[s->seed_key] = (double)repeat;
    t->point = (struct sweep_point){.value = value, .repeat = s->seed_key >= 0 ? 0 : repeat};
}
