// A tree of Parzen estimators (J. Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"). The results so
// far are divided into a few good ones and the rest, and each gets a density per key. For each key, some values are
// drawn from the density of the good ones. The proposal is the value for which the density of the good ones is highest
// relative to the density of the rest.
//
// Many configurations are tried at the same time. Proposal i uses only the results of proposals 0 to i - parallel, even
// if more are known, so that it does not depend on time. The proposals after these count as bad ones (a constant liar),
// which keeps new proposals away from them.
#include "search/search_impl.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct tpe {
    double *learned;      // (n_learned, keys), owned: configurations of an earlier run
    double *learned_loss; // (n_learned), owned
    int64_t n_learned;
    double *value;    // (configurations, keys), owned: values of the first `proposed` configurations
    double *loss;     // (configurations, repeats), owned: reported losses
    int32_t *missing; // (configurations), owned: how many results are not known yet
    int64_t proposed; // number of configurations that have values
    int64_t known;    // number of configurations, from the first on, of which all results are known
};

static int tpe_begin(struct search *s, struct err *e)
{
    s->configurations = s->config.trials;
    if (s->configurations == 0)
        return node_error(
            spec_sweep_section(s->sweep), e, "found no number of trials, allowed with method tpe: trials: NUMBER");

    s->bound = s->configurations * s->repeats;
    if (s->bound > SPEC_MAX_TRIALS)
        return 0; // search_new refuses the sweep
    if (s->configurations < spec_sweep_starts(s->sweep))
        return node_error(s->config.start, e, "found %d starting points for %lld configurations",
            spec_sweep_starts(s->sweep), (long long)s->configurations);

    struct tpe *t = mem_new(1, sizeof *t);
    s->state = t;
    t->value = mem_new((size_t)(s->configurations * s->n) + 1, sizeof *t->value);
    t->loss = mem_new((size_t)s->bound, sizeof *t->loss);
    t->missing = mem_new((size_t)s->configurations, sizeof *t->missing);
    for (int64_t i = 0; i < s->configurations; i++)
        t->missing[i] = (int32_t)s->repeats;

    return space_shuffle(s, e);
}

static void tpe_free(struct search *s)
{
    struct tpe *t = s->state;
    if (!t)
        return;
    free(t->learned);
    free(t->learned_loss);
    free(t->value);
    free(t->loss);
    free(t->missing);
}

// --- a proposal

// Returns the learned results and the results of configurations 0 to i - 1 in new memory, the best first. Results that
// proposal i must not use are NaN and come last; *known is the number of results before them. A learned configuration
// has a number below 0.
static struct search_result *known_results(const struct search *s, int64_t i, int64_t *known)
{
    const struct tpe *t = s->state;
    struct search_result *all = mem_new((size_t)(t->n_learned + i) + 1, sizeof *all), *r = all + t->n_learned;

    *known = 0;
    for (int64_t c = 0; c < t->n_learned; c++) {
        all[c] = (struct search_result){.configuration = c - t->n_learned, .loss = t->learned_loss[c]};
        *known += !isnan(all[c].loss);
    }
    for (int64_t c = 0; c < i; c++) {
        r[c] = (struct search_result){.configuration = c, .loss = c <= i - s->config.parallel ? 0 : NAN};
        for (int64_t k = 0; k < s->repeats; k++)
            r[c].loss += t->loss[c * s->repeats + k];
        r[c].loss /= (double)s->repeats;
        *known += !isnan(r[c].loss);
    }
    search_sort_results(all, t->n_learned + i);

    return all;
}

static const double *result_value(const struct search *s, const struct search_result *r)
{
    const struct tpe *t = s->state;
    ASSERT(r->configuration >= -t->n_learned && r->configuration < t->proposed, "%ld", (long)r->configuration);
    return r->configuration < 0 ? t->learned + (t->n_learned + r->configuration) * s->n
                                : t->value + r->configuration * s->n;
}

// Returns the density of one key, made of the configurations of r (n) in which the key varies.
static struct parzen *density_of(const struct search *s, const struct search_result *r, int64_t n, int key)
{
    int varies = 0;
    double *value = mem_new((size_t)n + 1, sizeof *value);
    ASSERT(key >= 0 && key < s->n, "%d", key);

    for (int64_t i = 0; i < n; i++)
        if (!isnan(result_value(s, &r[i])[key]))
            value[varies++] = result_value(s, &r[i])[key];
    struct sweep_range range = spec_sweep_range(s->sweep, key);
    struct parzen *p = parzen_new(&range, value, varies);
    free(value);

    return p;
}

// Returns a value of one key for a proposal that is based on the results r (all), of which the first `good` are good.
static double propose_value(
    const struct search *s, const struct search_result *r, int64_t good, int64_t all, int key, struct draw *d)
{
    enum { CANDIDATES = 24 };
    ASSERT(good >= 0 && good <= all, "%lld of %lld", (long long)good, (long long)all);
    struct parzen *of_good = density_of(s, r, good, key);
    struct parzen *of_rest = density_of(s, r + good, all - good, key);
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

static bool is_same_point(const struct search *s, const double *a, const double *b)
{
    for (int k = 0; k < s->n; k++)
        if (k != s->seed_key && (a[k] < b[k] || a[k] > b[k]))
            return false;
    return true;
}

// Returns true if one of the proposals 0 to i - 1 has these values.
static bool was_proposed(const struct search *s, int64_t i, const double *value)
{
    const struct tpe *t = s->state;
    for (int64_t c = 0; c < i; c++)
        if (is_same_point(s, t->value + c * s->n, value))
            return true;
    return false;
}

// Makes proposal i from results. To try a configuration twice is useless, so makes a few more draws if it was proposed
// before or is excluded. If the last one is excluded, too, proposes a random configuration.
static void propose_by_results(const struct search *s, int64_t i, double *value)
{
    enum { ATTEMPTS = 8 };
    int64_t known;
    struct search_result *r = known_results(s, i, &known);
    int64_t good = (int64_t)fmin(25, ceil(0.15 * (double)known));
    struct draw d = draw_proposal(s, i);
    const struct tpe *t = s->state;
    int64_t all = t->n_learned + i;
    bool is_allowed = false;

    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        for (int k = 0; k < s->n; k++)
            value[k] = k == s->seed_key ? 0 : propose_value(s, r, good, all, k, &d);
        spec_sweep_complete(s->sweep, value);
        is_allowed = spec_sweep_is_allowed(s->sweep, value);
        if (is_allowed && !was_proposed(s, i, value))
            break;
    }

    if (!is_allowed)
        space_random(s, i, value);
    free(r);
}

// --- trials

// Returns true if proposal i does not use results: it is a starting point, too few proposals come before it, or no
// result can be known yet. Learned results count as earlier proposals.
static bool is_random(const struct search *s, int64_t i)
{
    const struct tpe *t = s->state;
    return i < s->starts || i + t->n_learned < s->config.startup || (i < s->config.parallel && t->n_learned == 0);
}

// Returns true if all results that proposal i may use are known.
static bool may_propose(const struct search *s, int64_t i)
{
    const struct tpe *t = s->state;
    return i < s->configurations && (is_random(s, i) || t->known > i - s->config.parallel);
}

static void propose_next(struct search *s)
{
    struct tpe *t = s->state;
    int64_t i = t->proposed++;
    double *value = t->value + i * s->n;
    ASSERT(i < s->configurations, "proposal %lld", (long long)i);
    if (is_random(s, i))
        space_random(s, i, value);
    else
        propose_by_results(s, i, value);
}

static int tpe_release(struct search *s, int max, int *number)
{
    struct tpe *t = s->state;
    while (t->proposed * s->repeats < s->released + max && may_propose(s, t->proposed))
        propose_next(s);
    return search_release_until(s, t->proposed * s->repeats, max, number);
}

static void tpe_trial(const struct search *s, int number, struct search_trial *t, double *value)
{
    const struct tpe *tpe = s->state;
    int64_t configuration = number / s->repeats;
    ASSERT(configuration < tpe->proposed, "configuration %lld is not known yet", (long long)configuration);
    memcpy(value, tpe->value + configuration * s->n, (size_t)s->n * sizeof *value);
    space_place(s, configuration, number % s->repeats, t, value);
}

static void tpe_report(struct search *s, int number, double loss)
{
    struct tpe *t = s->state;
    ASSERT(t->missing[number / s->repeats] > 0, "trial %d is reported twice", number);
    t->loss[number] = loss;
    t->missing[number / s->repeats]--;
    while (t->known < t->proposed && t->missing[t->known] == 0)
        t->known++;
}

static void tpe_learn(struct search *s, const double *value, double loss)
{
    struct tpe *t = s->state;
    size_t n = (size_t)t->n_learned + 1, keys = (size_t)s->n;

    ASSERT(s->released == 0, "%lld trials were released", (long long)s->released);
    t->learned = mem_grow(t->learned, n * keys + 1, sizeof *t->learned);
    t->learned_loss = mem_grow(t->learned_loss, n, sizeof *t->learned_loss);
    memcpy(t->learned + (n - 1) * keys, value, keys * sizeof *value);
    t->learned_loss[n - 1] = loss;
    t->n_learned++;
}

const struct search_method search_tpe = {.begin = tpe_begin,
    .free = tpe_free,
    .release = tpe_release,
    .trial = tpe_trial,
    .report = tpe_report,
    .learn = tpe_learn};
