// A tree of Parzen estimators (J. Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"): the results so
// far are divided into few good ones and the rest, and of some values drawn from the density of the good ones each key
// takes the one that is likeliest among them compared with the rest.
//
// Many configurations are tried at a time. Proposal i knows the results of proposals 0 to i - parallel and no others,
// even if some were there already, so that it does not hang on time; the others between count as bad ones (a constant
// liar), which keeps proposals apart.
#include "search/search_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tpe {
    double *value;    // (configurations, keys), owned: of the first `proposed`
    double *loss;     // (configurations, repeats), owned
    int32_t *missing; // (configurations), owned: results that are not there yet
    int64_t proposed; // so many have values
    int64_t known;    // so many from the first on have all results
};

static int tpe_begin(struct search *s, struct err *e)
{
    s->configurations = s->config.trials;
    if (s->configurations == 0)
        return node_error(
            spec_sweep_section(s->sweep), e, "found no number of trials, allowed with method tpe: trials: NUMBER");
    s->bound = s->configurations * s->repeats;
    if (s->bound > SPEC_MAX_TRIALS)
        return 0; // which is refused
    space_shuffle(s);
    struct tpe *t = s->state = mem_new(1, sizeof *t);
    t->value = mem_new((size_t)(s->configurations * s->n) + 1, sizeof *t->value);
    t->loss = mem_new((size_t)s->bound, sizeof *t->loss);
    t->missing = mem_new((size_t)s->configurations, sizeof *t->missing);
    for (int64_t i = 0; i < s->configurations; i++)
        t->missing[i] = (int32_t)s->repeats;
    return 0;
}

static void tpe_free(struct search *s)
{
    struct tpe *t = s->state;
    if (!t)
        return;
    free(t->value);
    free(t->loss);
    free(t->missing);
}

// --- a proposal

struct result {
    int64_t configuration;
    double loss; // mean of the repeats; NaN: failed, or not known to this proposal
};

static int by_loss(const void *a, const void *b)
{
    const struct result *x = a, *y = b;
    if (isnan(x->loss) != isnan(y->loss))
        return isnan(x->loss) ? 1 : -1;
    if (x->loss < y->loss || x->loss > y->loss)
        return x->loss < y->loss ? -1 : 1;
    return (x->configuration > y->configuration) - (x->configuration < y->configuration);
}

// The results that proposal i knows, the best first, then those that it does not: (i) in new memory.
static struct result *sort_results(const struct search *s, int64_t i, int64_t *known)
{
    const struct tpe *t = s->state;
    struct result *r = mem_new((size_t)i, sizeof *r);
    *known = 0;
    for (int64_t c = 0; c < i; c++) {
        r[c] = (struct result){.configuration = c, .loss = c <= i - s->config.parallel ? 0 : NAN};
        for (int64_t k = 0; k < s->repeats; k++)
            r[c].loss += t->loss[c * s->repeats + k];
        r[c].loss /= (double)s->repeats;
        *known += !isnan(r[c].loss);
    }
    qsort(r, (size_t)i, sizeof *r, by_loss);
    return r;
}

static struct parzen *density(const struct search *s, const struct result *r, int64_t n, int key)
{
    const struct tpe *t = s->state;
    double *value = mem_new((size_t)n + 1, sizeof *value);
    for (int64_t i = 0; i < n; i++)
        value[i] = t->value[r[i].configuration * s->n + key];
    struct sweep_range range = spec_sweep_range(s->sweep, key);
    struct parzen *p = parzen_new(&range, value, (int)n);
    free(value);
    return p;
}

static double propose_key(
    const struct search *s, const struct result *r, int64_t good, int64_t all, int key, struct draw *d)
{
    enum { CANDIDATES = 24 };
    struct parzen *of_good = density(s, r, good, key), *of_rest = density(s, r + good, all - good, key);
    double best = 0, best_score = -INFINITY;
    for (int i = 0; i < CANDIDATES; i++) {
        double value = parzen_draw(of_good, d), score = parzen_log(of_good, value) - parzen_log(of_rest, value);
        if (i == 0 || score > best_score) {
            best = value;
            best_score = score;
        }
    }
    parzen_free(&of_good);
    parzen_free(&of_rest);
    return best;
}

static bool was_proposed(const struct search *s, int64_t i, const double *value)
{
    const struct tpe *t = s->state;
    for (int64_t c = 0; c < i; c++) {
        bool is_same = true;
        for (int k = 0; k < s->n && is_same; k++)
            is_same = k == s->seed_key || !(t->value[c * s->n + k] < value[k] || t->value[c * s->n + k] > value[k]);
        if (is_same)
            return true;
    }
    return false;
}

// A trial that was made already teaches nothing: a few more draws may give another.
static void propose(const struct search *s, int64_t i, double *value)
{
    enum { ATTEMPTS = 8 };
    int64_t known;
    struct result *r = sort_results(s, i, &known);
    int64_t good = (int64_t)fmin(25, ceil(0.15 * (double)known));
    struct draw d = draw_proposal(s, i);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        for (int k = 0; k < s->n; k++)
            value[k] = k == s->seed_key ? 0 : propose_key(s, r, good, i, k, &d);
        if (!was_proposed(s, i, value))
            break;
    }
    free(r);
}

// --- trials

// Proposal i is not made before all that it may know of is there, and not later than its trials are released.
static bool may_propose(const struct search *s, int64_t i)
{
    const struct tpe *t = s->state;
    return i < s->configurations && (i < s->config.startup || t->known > i - s->config.parallel);
}

static void propose_next(struct search *s)
{
    struct tpe *t = s->state;
    int64_t i = t->proposed++;
    double *value = t->value + i * s->n;
    if (i < s->config.startup || i < s->config.parallel)
        space_random(s, i, value);
    else
        propose(s, i, value);
}

static int tpe_release(struct search *s, int max, int *number)
{
    struct tpe *t = s->state;
    while (t->proposed * s->repeats < s->released + max && may_propose(s, t->proposed))
        propose_next(s);
    return release_until(s, t->proposed * s->repeats, max, number);
}

static void tpe_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    const struct tpe *tpe = s->state;
    int64_t configuration = number / s->repeats;
    memcpy(value, tpe->value + configuration * s->n, (size_t)s->n * sizeof *value);
    space_place(s, configuration, number % s->repeats, t, value);
}

static void tpe_report(struct search *s, int number, double loss)
{
    struct tpe *t = s->state;
    t->loss[number] = loss;
    t->missing[number / s->repeats]--;
    while (t->known < t->proposed && t->missing[t->known] == 0)
        t->known++;
}

const struct search_method search_tpe = {
    .begin = tpe_begin, .free = tpe_free, .release = tpe_release, .trial = tpe_trial, .report = tpe_report};
