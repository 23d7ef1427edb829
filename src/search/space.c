// Points of the space that the keys of a sweep span: values from numbers, and random points.
#include "search/search_impl.h"

#include "base/mem.h"
#include "base/random.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { STREAM_ORDER, STREAM_TPE, STREAM_KEYS }; // of random numbers; key k has STREAM_KEYS + k

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

// Six digits are enough, are easy to read in specs, and do not depend on the last bit of a machine's logarithm.
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
    double high = range_is_integer(r) ? r->high + 1 : r->high; // every integer is as wide as the next
    if (range_is_log(r))
        value = exp(log(low) + unit * (log(high) - log(low)));
    else
        value = low + unit * (high - low);
    return range_round(r, range_is_integer(r) ? floor(value) : value);
}

void space_shuffle(struct search *s)
{
    if (s->combinations < 0)
        return;
    s->order = mem_new((size_t)s->combinations, sizeof *s->order);
    random_permutation((uint64_t)s->config.seed, RANDOM_SEARCH, STREAM_ORDER, 0, (int32_t)s->combinations, s->order);
}

void space_random(const struct search *s, int64_t i, double *value)
{
    ASSERT(i >= 0, "%lld", (long long)i);
    if (s->order) {
        spec_sweep_combination(s->sweep, s->seed_key, s->order[i % s->combinations], value);
        return;
    }

    for (int k = 0; k < s->n; k++) {
        struct draw d = {(uint64_t)s->config.seed, (uint64_t)i, STREAM_KEYS + (uint32_t)k};
        struct sweep_range r = spec_sweep_range(s->sweep, k);
        value[k] = range_value(&r, draw_unit(&d));
    }
}

int space_configurations(struct search *s, struct err *e)
{
    s->configurations = s->config.trials;
    if (s->combinations > 0 && (!s->config.trials || s->config.trials > s->combinations))
        s->configurations = s->combinations;
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
