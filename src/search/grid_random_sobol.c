// The methods that do not wait for results: all combinations, random points, points of Sobol's sequence.
#include "search/search_impl.h"

#include "base/random.h"

static int release_in_order(struct search *s, int max, int *number)
{
    return search_release_until(s, s->bound, max, number);
}

// --- grid: every combination; the last key varies fastest, and the seed key is one of them

static int grid_begin(struct search *s, struct err *e)
{
    (void)e;
    s->configurations = s->combinations;
    s->bound = s->configurations * s->repeats;
    return 0;
}

// Returns the number of a combination among those without the seed key.
static int64_t number_without_seed(const struct search *s, const double *value)
{
    int64_t number = 0;
    for (int k = 0; k < s->n; k++) {
        struct sweep_range r = spec_sweep_range(s->sweep, k);
        if (k != s->seed_key)
            number = number * ((int64_t)r.high + 1) + (int64_t)value[k];
    }
    return number;
}

static void grid_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    const bool has_seed = s->seed_key >= 0;
    spec_sweep_combination(s->sweep, -1, has_seed ? number : number / s->repeats, value);
    int64_t repeat = has_seed ? (int64_t)value[s->seed_key] : number % s->repeats;
    space_place(s, number_without_seed(s, value), repeat, t, value);
}

const struct search_method search_grid = {.begin = grid_begin, .release = release_in_order, .trial = grid_trial};

// --- random

static int random_begin(struct search *s, struct err *e)
{
    if (space_configurations(s, e) < 0)
        return -1;
    space_shuffle(s);
    s->bound = s->configurations * s->repeats;
    return 0;
}

static void random_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    space_random(s, number / s->repeats, value);
    space_place(s, number / s->repeats, number % s->repeats, t, value);
}

const struct search_method search_random = {.begin = random_begin, .release = release_in_order, .trial = random_trial};

// --- sobol: a digital shift by the seed keeps the spread, and moves the first point away from the corner

static int sobol_begin(struct search *s, struct err *e)
{
    if (s->n > SOBOL_KEYS)
        return node_error(
            spec_sweep_section(s->sweep), e, "found %d keys, allowed with method sobol: up to %d", s->n, SOBOL_KEYS);
    if (space_configurations(s, e) < 0)
        return -1;
    s->bound = s->configurations * s->repeats;
    return 0;
}

static void sobol_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    uint32_t i = (uint32_t)(number / s->repeats);
    for (int k = 0; k < s->n; k++) {
        uint32_t shift = random_at((uint64_t)s->config.seed, RANDOM_SEARCH, (uint32_t)k, UINT64_MAX).v[0];
        struct sweep_range r = spec_sweep_range(s->sweep, k);
        value[k] = range_value(&r, ((double)(sobol_at(i, k) ^ shift) + 0.5) * 0x1p-32);
    }
    space_place(s, i, number % s->repeats, t, value);
}

const struct search_method search_sobol = {.begin = sobol_begin, .release = release_in_order, .trial = sobol_trial};
