// Successive halving (K. Jamieson and A. Talwalkar 2016) and hyperband (L. Li et al. 2018): many configurations are
// trained for a few epochs, the best of them for more, and so on.
//
// A rung is a set of trials of equal epochs; a bracket is a sequence of rungs, and halving has only one bracket. Each
// rung has its trial numbers from the start, enough for the largest possible number of its configurations. When the
// last result of a rung is known, the configurations of the next rung are chosen. Brackets are independent of each
// other.
//
// A trial of a rung is a trial like any other. The caller can let it resume where the trial of the previous rung ended.
#include "search/search_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>

struct rung {
    int number; // number of the rung in its bracket, from 0
    bool is_last;
    int64_t epochs, most; // most: the largest possible number of configurations
    int64_t first;        // the number of the rung's first trial
    int *configuration;   // (n <= most), owned: configurations that take part, in ascending order
    int64_t n, released, reported;
};

struct brackets {
    struct rung *rung; // (n), owned: the rungs of all brackets, bracket after bracket
    int n;
    double *loss; // (bound), owned: the loss of each trial
};

// --- the sizes of rungs

static int count_rungs(const struct search *s)
{
    const int64_t reduction = s->config.reduction;
    int n = 1;
    ASSERT(reduction > 1 && s->config.min_epochs > 0, "reduction %lld", (long long)reduction);
    for (int64_t epochs = s->epochs / reduction; epochs >= s->config.min_epochs; epochs /= reduction)
        n++;
    return n;
}

// Returns base^exponent, or a number of at least 2^40 if the power is larger.
static int64_t power_of(int64_t base, int exponent)
{
    int64_t p = 1;
    while (exponent-- > 0 && p < (int64_t)1 << 40)
        p *= base;
    return p;
}

// Adds a bracket that begins with rung `from`, which has `configurations` configurations, and ends with the last of all
// `rungs` rungs.
static void add_bracket(struct search *s, int from, int rungs, int64_t configurations)
{
    struct brackets *b = s->state;
    const int first = (int)s->configurations;
    ASSERT(from >= 0 && from < rungs && configurations > 0, "%d of %d rungs", from, rungs);

    for (int i = from; i < rungs; i++) {
        b->rung = mem_grow(b->rung, (size_t)b->n + 1, sizeof *b->rung);
        struct rung *r = &b->rung[b->n++];
        *r = (struct rung){.number = i - from, .is_last = i == rungs - 1, .first = s->bound};
        r->epochs = llround((double)s->epochs / (double)power_of(s->config.reduction, rungs - 1 - i));
        r->most = configurations / power_of(s->config.reduction, i - from);
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
        "found min_epochs %lld and train.epochs %lld, allowed: fewer epochs in the first rung than in the last",
        (long long)s->config.min_epochs, (long long)s->epochs);
}

static void allocate_losses(struct search *s)
{
    struct brackets *b = s->state;
    if (s->bound <= SPEC_MAX_TRIALS) // otherwise search_new refuses the sweep
        b->loss = mem_new((size_t)s->bound, sizeof *b->loss);
}

static int halving_begin(struct search *s, struct err *e)
{
    if (check_epochs(s, e) < 0 || space_configurations(s, e) < 0)
        return -1;

    s->state = mem_new(1, sizeof(struct brackets));
    int64_t n = s->configurations;
    s->configurations = 0; // add_bracket adds them again
    add_bracket(s, 0, count_rungs(s), n);
    allocate_losses(s);

    return space_shuffle(s, e);
}

// Bracket b begins at rung b. Its number of configurations makes all brackets cost about the same.
static int hyperband_begin(struct search *s, struct err *e)
{
    if (check_epochs(s, e) < 0)
        return -1;

    int rungs = count_rungs(s);
    if (power_of(s->config.reduction, rungs - 1) > SPEC_MAX_TRIALS)
        return node_error(spec_sweep_section(s->sweep), e, "more than %d trials: raise min_epochs", SPEC_MAX_TRIALS);

    s->state = mem_new(1, sizeof(struct brackets));
    for (int from = 0; from < rungs; from++) {
        int left = rungs - from; // s + 1 in the paper, and `rungs` is s_max + 1
        add_bracket(s, from, rungs, (rungs * power_of(s->config.reduction, left - 1) + left - 1) / left);
    }
    allocate_losses(s);

    return space_shuffle(s, e);
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

// Returns the rung to which a trial belongs.
static struct rung *find_rung(const struct search *s, int number)
{
    const struct brackets *b = s->state;
    int i = b->n - 1;
    while (b->rung[i].first > number) {
        i--;
        ASSERT(i >= 0, "trial %d", number);
    }
    return &b->rung[i];
}

static void halving_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    const struct rung *r = find_rung(s, number);
    int64_t at = number - r->first;
    ASSERT(at / s->repeats < r->n, "trial %d is not known yet", number);
    int configuration = r->configuration[at / s->repeats];

    space_random(s, configuration, value);
    space_place(s, configuration, at % s->repeats, t, value);
    t->rung = r->number;
    t->may_continue = !r->is_last;
    t->point.epochs = r->epochs;
}

static bool halving_continues(const struct search *s, int number)
{
    const struct rung *r = find_rung(s, number), *next = r + 1;

    if (r->is_last)
        return false;
    if (r->reported < r->n * s->repeats)
        return true;

    for (int64_t i = 0; i < next->n; i++)
        if (next->configuration[i] == r->configuration[(number - r->first) / s->repeats])
            return true;

    return false;
}

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

// Returns the results of a rung in new memory, the best first.
static struct search_result *rung_results(const struct search *s, const struct rung *r)
{
    const struct brackets *b = s->state;
    struct search_result *results = mem_new((size_t)r->n, sizeof *results);

    for (int64_t i = 0; i < r->n; i++) {
        results[i].configuration = r->configuration[i];
        for (int64_t k = 0; k < s->repeats; k++)
            results[i].loss += b->loss[r->first + i * s->repeats + k];
        results[i].loss /= (double)s->repeats;
    }
    search_sort_results(results, r->n);

    return results;
}

// Chooses the configurations of rung r that take part in the next rung: the best ones, but none that failed.
static void promote_best(const struct search *s, const struct rung *r, struct rung *next)
{
    struct search_result *results = rung_results(s, r);
    ASSERT(next->n == 0 && !next->configuration, "rung %d was decided", next->number);
    next->configuration = mem_new((size_t)next->most, sizeof *next->configuration);
    for (int64_t i = 0; i < r->n && next->n < next->most && !isnan(results[i].loss); i++)
        next->configuration[next->n++] = (int)results[i].configuration;
    qsort(next->configuration, (size_t)next->n, sizeof *next->configuration, compare_ints);
    free(results);
}

static void halving_report(struct search *s, int number, double loss)
{
    struct brackets *b = s->state;
    struct rung *r = find_rung(s, number);
    b->loss[number] = loss;
    if (++r->reported == r->n * s->repeats && !r->is_last)
        promote_best(s, r, r + 1);
    ASSERT(r->reported <= r->n * s->repeats, "%lld reports", (long long)r->reported);
}

const struct search_method search_halving = {.begin = halving_begin,
    .free = halving_free,
    .release = halving_release,
    .trial = halving_trial,
    .report = halving_report,
    .continues = halving_continues,
    .is_exhausted = halving_is_exhausted,
    .share = halving_share};
const struct search_method search_hyperband = {.begin = hyperband_begin,
    .free = halving_free,
    .release = halving_release,
    .trial = halving_trial,
    .report = halving_report,
    .continues = halving_continues,
    .is_exhausted = halving_is_exhausted,
    .share = halving_share};
