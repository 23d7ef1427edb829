// Successive halving (K. Jamieson and A. Talwalkar 2016) and hyperband (L. Li et al. 2018): many configurations are
// trained for a few epochs, the best of them for more, and so on. A rung is a set of trials of equal epochs; which
// configurations go on is decided when all of a rung is known. Brackets know nothing of each other.
//
// A trial of a rung is a trial by itself; that it can begin where that of the rung before ended is nobody's affair
// here.
#include "search/search_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

struct rung {
    int number; // in its bracket, from 0
    bool is_last;
    int64_t epochs, most; // configurations at most
    int64_t first;        // the number of its first trial
    int *configuration;   // (n), owned: those that take part, in the order of their numbers
    int64_t n, released, reported;
};

struct brackets {
    struct rung *rung; // (n), owned: bracket after bracket
    int n;
    double *loss; // (bound), owned: of each trial
};

// --- how many, and for how long

static int count_rungs(const struct search *s)
{
    int n = 1;
    for (int64_t epochs = s->epochs / s->config.reduction; epochs >= s->config.min_epochs;
         epochs /= s->config.reduction)
        n++;
    return n;
}

static int64_t power(int64_t base, int exponent)
{
    int64_t p = 1;
    while (exponent-- > 0 && p < (int64_t)1 << 40)
        p *= base;
    return p;
}

// Rungs of `configurations` that begin with the rung `from` of `rungs`.
static void add_bracket(struct search *s, int from, int rungs, int64_t configurations)
{
    struct brackets *b = s->state;
    int first = (int)s->configurations;
    for (int i = from; i < rungs; i++) {
        b->rung = mem_grow(b->rung, (size_t)b->n + 1, sizeof *b->rung);
        struct rung *r = &b->rung[b->n++];
        *r = (struct rung){.number = i - from, .is_last = i == rungs - 1, .first = s->bound};
        r->epochs = llround((double)s->epochs / (double)power(s->config.reduction, rungs - 1 - i));
        r->most = configurations / power(s->config.reduction, i - from);
        r->most = r->most > 0 ? r->most : 1;
        r->n = i == from ? r->most : 0;
        s->bound += r->most * s->repeats;
    }
    struct rung *r = &b->rung[b->n - (rungs - from)];
    r->configuration = mem_new((size_t)r->n, sizeof *r->configuration);
    for (int i = 0; i < r->n; i++)
        r->configuration[i] = first + i;
    s->configurations += configurations;
}

static int check_epochs(const struct search *s, struct err *e)
{
    if (s->epochs >= s->config.min_epochs && s->epochs > 0)
        return 0;
    return node_error(spec_sweep_section(s->sweep), e,
        "found min_epochs %lld and train.epochs %lld, allowed: fewer "
        "epochs in the first rung than in the last",
        (long long)s->config.min_epochs, (long long)s->epochs);
}

static int finish_begin(struct search *s)
{
    struct brackets *b = s->state;
    if (s->bound > SPEC_MAX_TRIALS)
        return 0; // which is refused
    b->loss = mem_new((size_t)s->bound, sizeof *b->loss);
    return 0;
}

static int halving_begin(struct search *s, struct err *e)
{
    if (check_epochs(s, e) != 0 || space_configurations(s, e) != 0)
        return -1;
    space_shuffle(s);
    s->state = mem_new(1, sizeof(struct brackets));
    int64_t n = s->configurations;
    s->configurations = 0;
    add_bracket(s, 0, count_rungs(s), n);
    return finish_begin(s);
}

// Bracket b begins at rung b; its configurations are so many that all brackets cost about the same.
static int hyperband_begin(struct search *s, struct err *e)
{
    if (check_epochs(s, e) != 0)
        return -1;
    int rungs = count_rungs(s);
    if (power(s->config.reduction, rungs - 1) > SPEC_MAX_TRIALS)
        return node_error(spec_sweep_section(s->sweep), e, "more than %d trials: raise min_epochs", SPEC_MAX_TRIALS);
    space_shuffle(s);
    s->state = mem_new(1, sizeof(struct brackets));
    for (int from = 0; from < rungs; from++) {
        int left = rungs - from; // the paper's s + 1, of s_max + 1 = rungs
        add_bracket(s, from, rungs, (rungs * power(s->config.reduction, left - 1) + left - 1) / left);
    }
    return finish_begin(s);
}

static void halving_free(struct search *s)
{
    struct brackets *b = s->state;
    if (!b)
        return;
    for (int i = 0; i < b->n; i++)
        free(b->rung[i].configuration);
    free(b->rung);
    free(b->loss);
}

// --- trials

static int halving_release(struct search *s, int max, int *number)
{
    struct brackets *b = s->state;
    int n = 0;
    for (int i = 0; i < b->n; i++) {
        struct rung *r = &b->rung[i];
        while (n < max && r->released < r->n * s->repeats)
            number[n++] = (int)(r->first + r->released++);
    }
    return n;
}

static bool halving_is_exhausted(const struct search *s)
{
    const struct brackets *b = s->state;
    for (int i = 0; i < b->n; i++) {
        const struct rung *r = &b->rung[i];
        if (r->released < r->n * s->repeats || (!r->is_last && r->reported < r->n * s->repeats))
            return false;
    }
    return true;
}

static double halving_share(const struct search *s)
{
    const struct brackets *b = s->state;
    double released = 0, all = 0;
    for (int i = 0; i < b->n; i++) {
        released += (double)(b->rung[i].released * b->rung[i].epochs);
        all += (double)(b->rung[i].most * s->repeats * b->rung[i].epochs);
    }
    return released / all;
}

static struct rung *find_rung(const struct search *s, int number)
{
    const struct brackets *b = s->state;
    int i = b->n - 1;
    while (b->rung[i].first > number)
        i--;
    return &b->rung[i];
}

static void halving_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    const struct rung *r = find_rung(s, number);
    int64_t at = number - r->first;
    int configuration = r->configuration[at / s->repeats];
    space_random(s, configuration, value);
    space_place(s, configuration, at % s->repeats, t, value);
    t->rung = r->number;
    t->may_go_on = !r->is_last;
    t->point.epochs = r->epochs;
}

static bool halving_goes_on(const struct search *s, int number)
{
    const struct rung *r = find_rung(s, number), *next = r + 1;
    if (r->is_last || r->reported < r->n * s->repeats)
        return !r->is_last;
    for (int64_t i = 0; i < next->n; i++)
        if (next->configuration[i] == r->configuration[(number - r->first) / s->repeats])
            return true;
    return false;
}

struct result {
    int configuration;
    double loss; // mean of the repeats
};

// The better one first; what failed last; the earlier one where both are as good.
static int by_loss(const void *a, const void *b)
{
    const struct result *x = a, *y = b;
    if (isnan(x->loss) != isnan(y->loss))
        return isnan(x->loss) ? 1 : -1;
    if (x->loss < y->loss || x->loss > y->loss)
        return x->loss < y->loss ? -1 : 1;
    return (x->configuration > y->configuration) - (x->configuration < y->configuration);
}

static int by_number(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static struct result *rung_results(const struct search *s, const struct rung *r)
{
    const struct brackets *b = s->state;
    struct result *results = mem_new((size_t)r->n, sizeof *results);
    for (int64_t i = 0; i < r->n; i++) {
        results[i].configuration = r->configuration[i];
        for (int64_t k = 0; k < s->repeats; k++)
            results[i].loss += b->loss[r->first + i * s->repeats + k];
        results[i].loss /= (double)s->repeats;
    }
    qsort(results, (size_t)r->n, sizeof *results, by_loss);
    return results;
}

static void promote(const struct search *s, const struct rung *r, struct rung *next)
{
    struct result *results = rung_results(s, r);
    next->configuration = mem_new((size_t)next->most, sizeof *next->configuration);
    for (int64_t i = 0; i < r->n && next->n < next->most && !isnan(results[i].loss); i++)
        next->configuration[next->n++] = results[i].configuration;
    qsort(next->configuration, (size_t)next->n, sizeof *next->configuration, by_number);
    free(results);
}

static void halving_report(struct search *s, int number, double loss)
{
    struct brackets *b = s->state;
    struct rung *r = find_rung(s, number);
    b->loss[number] = loss;
    if (++r->reported == r->n * s->repeats && !r->is_last)
        promote(s, r, r + 1);
}

const struct search_method search_halving = {.begin = halving_begin,
    .free = halving_free,
    .release = halving_release,
    .trial = halving_trial,
    .report = halving_report,
    .goes_on = halving_goes_on,
    .is_exhausted = halving_is_exhausted,
    .share = halving_share};
const struct search_method search_hyperband = {.begin = hyperband_begin,
    .free = halving_free,
    .release = halving_release,
    .trial = halving_trial,
    .report = halving_report,
    .goes_on = halving_goes_on,
    .is_exhausted = halving_is_exhausted,
    .share = halving_share};
