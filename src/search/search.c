// Shared by all methods of search: makes a search, counts released and reported trials, sorts results.
#include "search/search_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

static const struct search_method *const methods[] = {[SWEEP_GRID] = &search_grid,
    [SWEEP_RANDOM] = &search_random,
    [SWEEP_SOBOL] = &search_sobol,
    [SWEEP_HALVING] = &search_halving,
    [SWEEP_HYPERBAND] = &search_hyperband,
    [SWEEP_TPE] = &search_tpe};
enum { METHODS = sizeof methods / sizeof *methods };

struct search *search_new(const struct spec_sweep *sweep, int64_t epochs, struct err *e)
{
    struct search *s = mem_new(1, sizeof *s);

    *s = (struct search){.sweep = sweep, .config = *spec_sweep_config(sweep), .epochs = epochs};
    ASSERT(s->config.method >= 0 && s->config.method < METHODS, "%d", s->config.method);
    s->method = methods[s->config.method];
    s->n = spec_sweep_keys(sweep);
    s->seed_key = spec_sweep_seed_key(sweep);
    s->repeats = s->seed_key < 0 ? s->config.repeats : (int64_t)spec_sweep_range(sweep, s->seed_key).high + 1;
    s->combinations = spec_sweep_combinations(sweep, s->seed_key);
    ASSERT(s->repeats > 0, "%lld", (long long)s->repeats);

    int rc = s->method->begin(s, e);
    if (rc == 0 && (s->bound < 1 || s->bound > SPEC_MAX_TRIALS))
        rc = node_error(
            spec_sweep_section(sweep), e, "%lld trials, allowed: 1 to %d", (long long)s->bound, SPEC_MAX_TRIALS);
    if (rc < 0)
        search_free(&s);

    return s;
}

void search_free(struct search **s)
{
    if (!*s)
        return;
    if ((*s)->method->free)
        (*s)->method->free(*s);
    free((*s)->state);
    free((*s)->order);
    free((*s)->start);
    free(*s);
    *s = NULL;
}

int64_t search_bound(const struct search *s)
{
    return s->bound;
}

bool search_needs_results(const struct search *s)
{
    return s->method->report != NULL;
}

int search_release_until(const struct search *s, int64_t end, int max, int *number)
{
    int n = 0;
    ASSERT(end <= s->bound, "%lld of %lld", (long long)end, (long long)s->bound);
    while (n < max && s->released + n < end) {
        number[n] = (int)s->released + n;
        n++;
    }
    return n;
}

int search_release(struct search *s, int max, int *number)
{
    int n = s->method->release(s, max, number);
    s->released += n;
    ASSERT(n <= max && s->released <= s->bound, "%d more, %lld in all", n, (long long)s->released);
    return n;
}

void search_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    ASSERT(number >= 0 && number < s->bound, "%d of %lld", number, (long long)s->bound);
    s->method->trial(s, number, t, value);
    t->number = number;
}

bool search_continues(const struct search *s, int number)
{
    ASSERT(number >= 0 && number < s->bound, "%d of %lld", number, (long long)s->bound);
    return s->method->continues && s->method->continues(s, number);
}

void search_report(struct search *s, int number, double loss)
{
    ASSERT(number >= 0 && number < s->bound, "%d of %lld", number, (long long)s->bound);
    s->reported++;
    ASSERT(s->reported <= s->released, "trial %d was not released", number);
    if (s->method->report)
        s->method->report(s, number, loss);
}

void search_learn(struct search *s, const double *value, double loss)
{
    ASSERT(s->method->learn, "method %d does not learn", s->config.method);
    s->method->learn(s, value, loss);
    s->learned++;
}

int64_t search_learned(const struct search *s)
{
    return s->learned;
}

bool search_is_exhausted(const struct search *s)
{
    return s->method->is_exhausted ? s->method->is_exhausted(s) : s->released == s->bound;
}

bool search_is_done(const struct search *s)
{
    return s->reported == s->released && search_is_exhausted(s);
}

double search_share(const struct search *s)
{
    return s->method->share ? s->method->share(s) : (double)s->released / (double)s->bound;
}

static int compare_results(const void *a, const void *b)
{
    const struct search_result *x = a;
    const struct search_result *y = b;
    if (isnan(x->loss) != isnan(y->loss))
        return isnan(x->loss) ? 1 : -1;
    if (x->loss < y->loss || x->loss > y->loss)
        return x->loss < y->loss ? -1 : 1;
    return (x->configuration > y->configuration) - (x->configuration < y->configuration);
}

void search_sort_results(struct search_result *r, int64_t n)
{
    qsort(r, (size_t)n, sizeof *r, compare_results);
}
