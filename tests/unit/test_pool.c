// The pool of trials with groups that are not there: up to 1000 of them, of random speeds. However many there are, the
// same trials are run and the leaderboard is the same.
// links: run search
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/mem.h"
#include "run/pool.h"
#include "search_fixture.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { GROUPS_MAX = 1000, EPOCHS = 27 };

// A made-up trial: its identity is that of its values and epochs, its cost the epochs times a factor of its own. What
// comes out of it depends only on the identity; some fail.
struct world {
    const struct spec_sweep *sweep;
    const char *finished; // ids that end in one of these digits were done by an earlier run
    int refused;          // trials that cannot be run
};

static int resolve(void *context, const struct search_trial *t, struct plan_entry *out, struct err *e)
{
    struct world *w = context;
    struct text text = {0};
    char id[33], room[32];
    for (int k = 0; k < spec_sweep_keys(w->sweep); k++)
        text_add(&text, "%s,", spec_sweep_value(w->sweep, k, t->point.value[k], room));
    text_add(&text, "%lld,%lld", (long long)t->point.repeat, (long long)t->point.epochs);
    hash_identity(id, text.data, text.length);
    text_free(&text);
    memcpy(out->trial.id, id, TRIAL_ID_LENGTH);
    out->trial.id[TRIAL_ID_LENGTH] = 0;
    out->shards = 1;
    out->epochs = t->point.epochs ? t->point.epochs : EPOCHS;
    out->operations = (double)out->epochs * (1 + (id[0] & 7));
    return id[1] == '7' && id[2] < '4' ? err_add(e, ERR_USAGE, "no such model") : 0;
}

static double loss_of(const char *id)
{
    uint64_t hash = hash_bytes(id, strlen(id));
    return hash % 19 == 0 ? NAN : (double)(hash % 1000); // many are equal
}

static enum pool_known find_earlier(void *context, const struct plan_entry *entry, bool needs_loss, double *loss)
{
    const struct world *w = context;
    if (!w->finished || !strchr(w->finished, entry->trial.id[TRIAL_ID_LENGTH - 1]))
        return POOL_NEW;
    *loss = needs_loss ? loss_of(entry->trial.id) : NAN;
    return POOL_FINISHED;
}

static void refuse(void *context, const char *why)
{
    assert_string_equal(why, "no such model\n");
    ((struct world *)context)->refused++;
}

// A group at work until `end`; of the free ones no trial.
struct group {
    int entry; // -1: free
    double end, speed;
};

static int first_to_end(const struct group *group, int n)
{
    int first = -1;
    for (int i = 0; i < n; i++)
        if (group[i].entry >= 0 && (first < 0 || group[i].end < group[first].end))
            first = i;
    return first;
}

static struct pool_report report_of(const struct plan *plan, int entry)
{
    struct pool_report r = {.entry = entry, .loss = loss_of(plan->entry[entry].trial.id)};
    if (isnan(r.loss) && entry % 2)
        r.failure = ERR_IO;
    else
        r.has_diverged = isnan(r.loss);
    return r;
}

// Runs all trials of a pool on n groups of random speeds.
static int simulate(struct pool *pool, const struct plan *plan, int n, uint64_t seed)
{
    struct group *group = mem_new((size_t)n, sizeof *group);
    int runs = 0;
    for (int i = 0; i < n; i++)
        group[i] = (struct group){-1, 0, 0.05 + noise(&seed)};
    for (double now = 0;;) {
        for (int i = 0; i < n; i++) {
            int entry = group[i].entry < 0 ? pool_next(pool) : POOL_WAIT;
            if (entry < 0)
                continue;
            runs++;
            group[i].entry = entry;
            group[i].end = now + plan->entry[entry].operations / group[i].speed * (0.5 + noise(&seed));
        }
        int i = first_to_end(group, n);
        if (i < 0)
            break;
        now = group[i].end;
        struct pool_report r = report_of(plan, group[i].entry);
        group[i].entry = -1;
        pool_report(pool, &r);
    }
    assert_int_equal(pool_next(pool), POOL_END);
    free(group);
    return runs;
}

static int by_number(const void *a, const void *b)
{
    return ((const struct plan_entry *)a)->trial.number - ((const struct plan_entry *)b)->trial.number;
}

// All trials with their results, in the order of their numbers.
static char *outcome(struct plan *plan)
{
    struct text t = {0};
    qsort(plan->entry, (size_t)plan->n, sizeof *plan->entry, by_number);
    for (int i = 0; i < plan->n; i++)
        text_add(
            &t, "%d %s %g\n", plan->entry[i].trial.number, plan->entry[i].trial.id, loss_of(plan->entry[i].trial.id));
    return t.data;
}

// What n groups make of a sweep. `runs`: trials that were run.
static char *run(const char *text, int n, const char *finished, struct run_counts *counts, int *runs)
{
    struct spec_sweep *sweep = sweep_of(text);
    struct search *search = search_of(sweep, EPOCHS);
    struct world w = {.sweep = sweep, .finished = finished};
    struct plan plan;
    plan_begin(&plan, search, spec_sweep_keys(sweep), resolve, &w);
    struct pool_policy policy = {find_earlier, refuse, &w};
    *counts = (struct run_counts){0};
    struct pool *pool = pool_new(&plan, &policy, counts);
    *runs = simulate(pool, &plan, n, (uint64_t)n);
    assert_true(search_is_done(search));
    assert_int_equal(pool_left(pool), 0);
    assert_int_equal(plan_different(&plan), counts->trials);
    assert_int_equal(counts->trials, counts->found + counts->done + counts->diverged + counts->failed);
    assert_int_equal(*runs, counts->done + counts->diverged + counts->failed - w.refused);
    char *all = outcome(&plan);
    pool_free(&pool);
    plan_free(&plan);
    search_free(&search);
    spec_sweep_free(&sweep);
    return all;
}

#define OVER "over: {a: {uniform: [0, 1]}, b: {integer: [1, 40]}, c: [u, v, w]}}"
static const char *const sweeps[] = {
    "a: 1\nb: 1\nc: 1\nsweep: {over: {a: [1, 2, 3, 4, 5, 6], b: [1, 1, 2, 3, 4, 5], c: [u, v]}}", // some are equal
    "a: 1\nb: 1\nc: 1\nsweep: {method: random, trials: 300, " OVER,
    "a: 1\nb: 1\nc: 1\nsweep: {method: random, repeats: 2, over: {b: {integer: [1, 12]}, c: [u, v, w, x]}}",
    "a: 1\nb: 1\nc: 1\nsweep: {method: sobol, trials: 300, " OVER,
    "a: 1\nb: 1\nc: 1\nsweep: {method: halving, trials: 243, repeats: 2, " OVER,
    "a: 1\nb: 1\nc: 1\nsweep: {method: hyperband, " OVER,
    "a: 1\nb: 1\nc: 1\nsweep: {method: hyperband, reduction: 2, over: {b: [1, 2], c: [u, v, w]}}", // many are equal
    "a: 1\nb: 1\nc: 1\nsweep: {method: tpe, trials: 120, " OVER,
    "a: 1\nb: 1\nc: 1\nsweep: {method: tpe, trials: 60, repeats: 3, parallel: 4, " OVER,
    "train: {}\na: 1\nb: 1\nc: 1\nsweep: {method: tpe, trials: 40, startup: 3, over: {train.seed: [4, 5], c: [u, v, "
    "w], b: "
    "{integer: [1, 9]}}}",
};

static void test_groups(void **state)
{
    (void)state;
    static const int groups[] = {2, 7, GROUPS_MAX};
    int failed = 0;
    for (size_t i = 0; i < sizeof sweeps / sizeof *sweeps; i++) {
        struct run_counts alone, counts;
        int runs, others;
        char *expected = run(sweeps[i], 1, NULL, &alone, &runs);
        assert_true(alone.trials > 10);
        failed += alone.failed;
        for (size_t k = 0; k < sizeof groups / sizeof *groups; k++) {
            char *all = run(sweeps[i], groups[k], NULL, &counts, &others);
            assert_string_equal(all, expected);
            assert_int_equal(others, runs);
            free(all);
        }
        char *rest = run(sweeps[i], 7, "02468ace", &counts, &others); // an earlier run has done half
        assert_string_equal(rest, expected);
        assert_true(counts.found > 0 && others < runs);
        free(rest);
        rest = run(sweeps[i], 7, "0123456789abcdef", &counts, &others);
        assert_string_equal(rest, expected);
        assert_int_equal(others, 0);
        free(rest);
        free(expected);
    }
    assert_true(failed > 50);
}

// Longest expected first, and in the order of numbers where they are equally long.
static void test_longest_first(void **state)
{
    (void)state;
    struct spec_sweep *sweep = sweep_of(sweeps[4]);
    struct search *search = search_of(sweep, EPOCHS);
    struct world w = {.sweep = sweep};
    struct plan plan;
    plan_begin(&plan, search, spec_sweep_keys(sweep), resolve, &w);
    struct run_counts counts = {0};
    struct pool *pool = pool_new(&plan, &(struct pool_policy){find_earlier, refuse, &w}, &counts);
    double before = INFINITY;
    int n = 0;
    for (int entry; (entry = pool_next(pool)) >= 0; n++) {
        assert_true(plan.entry[entry].operations <= before);
        before = plan.entry[entry].operations;
    }
    assert_int_equal(pool_next(pool), POOL_WAIT); // for the rung
    assert_int_equal(n, counts.trials - counts.failed);
    assert_int_equal(pool_left(pool), 2 * (81 + 27 + 9));
    pool_free(&pool);
    plan_free(&plan);
    search_free(&search);
    spec_sweep_free(&sweep);
}

// Groups draw ahead while much is left, and not if results decide what comes next.
static void test_draw_ahead(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool may; // groups may draw ahead
    } cases[] = {{sweeps[1], true}, {sweeps[4], false}, {sweeps[7], false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct spec_sweep *sweep = sweep_of(cases[i].text);
        struct search *search = search_of(sweep, EPOCHS);
        struct world w = {.sweep = sweep};
        struct plan plan;
        plan_begin(&plan, search, spec_sweep_keys(sweep), resolve, &w);
        struct run_counts counts = {0};
        struct pool *pool = pool_new(&plan, &(struct pool_policy){find_earlier, refuse, &w}, &counts);

        int n = 0;
        for (; pool_may_draw_ahead(pool, 2); n++)
            assert_true(pool_next(pool) >= 0);
        assert_true(cases[i].may ? n > 100 && n < counts.trials : n == 0);
        double left = 0;
        for (int entry; (entry = pool_next(pool)) >= 0;)
            left += plan.entry[entry].operations;
        assert_true(!cases[i].may || left <= 4 * 8 * EPOCHS); // two of the longest trials per group

        pool_free(&pool);
        plan_free(&plan);
        search_free(&search);
        spec_sweep_free(&sweep);
    }
}

static enum pool_known find_lone(void *context, const struct plan_entry *entry, bool needs_loss, double *loss)
{
    (void)context;
    (void)needs_loss;
    *loss = NAN;
    return strchr("02468ace", entry->trial.id[TRIAL_ID_LENGTH - 1]) ? POOL_LONE : POOL_NEW;
}

// Trials that must run alone come last, and no other one runs at the same time.
static void test_lone(void **state)
{
    (void)state;
    struct spec_sweep *sweep = sweep_of(sweeps[1]);
    struct search *search = search_of(sweep, EPOCHS);
    struct world w = {.sweep = sweep};
    struct plan plan;
    plan_begin(&plan, search, spec_sweep_keys(sweep), resolve, &w);
    struct run_counts counts = {0};
    struct pool *pool = pool_new(&plan, &(struct pool_policy){find_lone, refuse, &w}, &counts);
    int out[1000], n = 0, lone = 0;
    assert_int_equal(pool_trials(pool), counts.trials - counts.failed);

    for (int entry; (entry = pool_next(pool)) >= 0;)
        out[n++] = entry;
    assert_int_equal(pool_next(pool), POOL_WAIT);
    assert_true(n > 50 && !pool_runs_lone(pool));
    for (int i = 0; i < n; i++) {
        assert_int_equal(pool_next(pool), POOL_WAIT); // one is still out
        pool_report(pool, &(struct pool_report){.entry = out[i], .loss = 1});
    }

    for (int entry; (entry = pool_next(pool)) >= 0; lone++) {
        assert_true(pool_runs_lone(pool) && pool_next(pool) == POOL_WAIT);
        pool_report(pool, &(struct pool_report){.entry = entry, .loss = 1});
        assert_false(pool_runs_lone(pool));
    }
    assert_int_equal(n + lone, counts.trials - counts.failed);
    assert_true(lone > 50 && pool_left(pool) == 0 && pool_next(pool) == POOL_END);

    pool_free(&pool);
    plan_free(&plan);
    search_free(&search);
    spec_sweep_free(&sweep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_longest_first),
        cmocka_unit_test(test_draw_ahead),
        cmocka_unit_test(test_lone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
