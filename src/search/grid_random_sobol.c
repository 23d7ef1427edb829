// The methods that do not wait for results: they try all combinations, random points, or points of Sobol's sequence.
#include "search/search_impl.h"

#include "base/mem.h"
#include "base/random.h"
#include <stdlib.h>

static int release_in_order(struct search *s, int max, int *number)
{
    return search_release_until(s, s->bound, max, number);
}

// --- grid: every combination; the last key varies fastest, and the seed key counts as a key

static int grid_begin(struct search *s, struct err *e)
{
    (void)e;
    s->configurations = s->combinations;
    s->bound = s->configurations * s->repeats;
    return 0;
}

static void grid_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    const bool has_seed = s->seed_key >= 0;
    spec_sweep_combination(s->sweep, -1, has_seed ? number : number / s->repeats, value);
    int64_t repeat = has_seed ? (int64_t)value[s->seed_key] : number % s->repeats;
    space_place(s, spec_sweep_combination_number(s->sweep, s->seed_key, value), repeat, t, value);
}

const struct search_method search_grid = {.begin = grid_begin, .release = release_in_order, .trial = grid_trial};

// --- random

static int random_begin(struct search *s, struct err *e)
{
    if (space_configurations(s, e) < 0)
        return -1;
    s->bound = s->configurations * s->repeats;
    return space_shuffle(s, e);
}

static void random_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    space_random(s, number / s->repeats, value);
    space_place(s, number / s->repeats, number % s->repeats, t, value);
}

const struct search_method search_random = {.begin = random_begin, .release = release_in_order, .trial = random_trial};

// --- sobol: a digital shift, which depends on the seed, keeps the spread and moves the first point away from the
// corner

// The points of the sequence that are tried, because they are not excluded.
struct sobol {
    int32_t *point; // (configurations), owned; NULL: no rule excludes any
};

static void place_sobol(const struct search *s, uint32_t i, double *value)
{
    for (int k = 0; k < s->n; k++) {
        uint32_t shift = random_at((uint64_t)s->config.seed, RANDOM_SEARCH, (uint32_t)k, UINT64_MAX).v[0];
        struct sweep_range r = spec_sweep_range(s->sweep, k);
        value[k] = range_value(&r, ((double)(sobol_at(i, k) ^ shift) + 0.5) * 0x1p-32);
    }
    spec_sweep_complete(s->sweep, value);
}

// Lists the points that are not excluded. Returns -1 and an error if there are too few.
static int list_points(struct search *s, struct err *e)
{
    enum { EXTRA = 10000, TIMES = 100 };
    struct sobol *points = s->state;
    double *value = mem_new((size_t)s->n + 1, sizeof *value);
    int64_t found = 0, most = EXTRA + TIMES * s->configurations;

    points->point = mem_new((size_t)s->configurations, sizeof *points->point);
    for (int64_t i = 0; i < most && found < s->configurations; i++) {
        place_sobol(s, (uint32_t)i, value);
        if (spec_sweep_is_allowed(s->sweep, value))
            points->point[found++] = (int32_t)i;
    }
    free(value);

    if (found < s->configurations)
        return node_error(s->config.exclude, e, "%lld of the first %lld points are allowed, which are too few",
            (long long)found, (long long)most);
    return 0;
}

static int sobol_begin(struct search *s, struct err *e)
{
    if (s->n > SOBOL_KEYS)
        return node_error(
            spec_sweep_section(s->sweep), e, "found %d keys, allowed with method sobol: up to %d", s->n, SOBOL_KEYS);
    if (space_configurations(s, e) < 0)
        return -1;

    s->bound = s->configurations * s->repeats;
    s->state = mem_new(1, sizeof(struct sobol));
    return s->config.exclude && s->configurations <= SPEC_MAX_TRIALS ? list_points(s, e) : 0;
}

static void sobol_free(struct search *s)
{
    struct sobol *points = s->state;
    if (points)
        free(points->point);
}

static void sobol_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    const struct sobol *points = s->state;
    int64_t i = number / s->repeats;
    place_sobol(s, (uint32_t)(points->point ? points->point[i] : i), value);
    space_place(s, i, number % s->repeats, t, value);
}

const struct search_method search_sobol = {
    .begin = sobol_begin, .free = sobol_free, .release = release_in_order, .trial = sobol_trial};
