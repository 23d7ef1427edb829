// Search methods: known values, hand-worked examples, and that neither time nor the order of reports decides anything.
// links: search spec base
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../parity/sobol_reference.h"
#include "base/mem.h"
#include "search/search_impl.h"
#include "search_fixture.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// --- known values

static void test_sobol(void **state)
{
    (void)state;
    assert_int_equal(SOBOL_REFERENCE_KEYS, SOBOL_KEYS);
    for (size_t i = 0; i < sizeof sobol_reference / sizeof *sobol_reference; i++)
        for (int k = 0; k < SOBOL_KEYS; k++)
            assert_int_equal(sobol_at(sobol_reference[i].number, k), sobol_reference[i].at[k] << 2);
    for (int k = 0; k < SOBOL_KEYS; k++)
        assert_int_equal(sobol_at(0, k), 0);
}

// Each trial of a search that waits for no result, as text.
static char *all_trials(const char *text)
{
    struct spec_sweep *sweep = sweep_of(text);
    struct search *s = search_of(sweep, 10);
    struct text t = {0};
    int number;
    while (search_release(s, 1, &number) == 1) {
        struct search_trial trial;
        double value[KEYS_MAX];
        char room[32];
        search_trial(s, number, &trial, value);
        text_add(&t, "%d:%d.%d", number, trial.configuration, trial.repeat);
        for (int k = 0; k < spec_sweep_keys(sweep); k++)
            text_add(&t, " %s", spec_sweep_value(sweep, k, value[k], room));
        text_add(&t, trial.point.repeat ? " +%lld\n" : "\n", (long long)trial.point.repeat);
        assert_false(search_is_done(s));
        search_report(s, number, 0);
    }
    assert_true(search_is_done(s) && search_is_exhausted(s));
    assert_int_equal(search_bound(s), number + 1);
    assert_float_equal(search_share(s), 1, 0);
    search_free(&s);
    spec_sweep_free(&sweep);
    return t.data;
}

static void assert_trials(const char *text, const char *expected)
{
    char *trials = all_trials(text);
    assert_string_equal(trials, expected);
    free(trials);
}

static void test_grid(void **state)
{
    (void)state;
    assert_trials("a: 1", "0:0.0\n");
    assert_trials("a: 1\nsweep: {over: {a: [u, v], b: [x, y]}}\nb: 1", "0:0.0 u x\n1:1.0 u y\n2:2.0 v x\n3:3.0 v y\n");
    assert_trials("a: 1\nsweep: {repeats: 2, over: {a: [u, v]}}", "0:0.0 u\n1:0.1 u +1\n2:1.0 v\n3:1.1 v +1\n");
    assert_trials("train: {}\na: 1\nsweep: {over: {train.seed: [7, 9], a: [u, v]}}",
        "0:0.0 7 u\n1:1.0 7 v\n2:0.1 9 u\n3:1.1 9 v\n"); // seeds are repeats
}

// Lists are drawn from without putting back, whichever they are.
static void test_random_lists(void **state)
{
    (void)state;
    char *all = all_trials("a: 1\nb: 1\nsweep: {method: random, over: {a: [u, v, w], b: {integer: [1, 4]}}}");
    char *some =
        all_trials("a: 1\nb: 1\nsweep: {method: random, trials: 5, over: {a: [u, v, w], b: {integer: [1, 4]}}}");
    char *others = all_trials(
        "a: 1\nb: 1\nsweep: {method: random, trials: 5, seed: 2, over: {a: [u, v, w], b: {integer: [1, 4]}}}");
    assert_int_equal(strncmp(all, some, strlen(some)), 0);
    assert_string_not_equal(some, others);
    for (int i = 0; i < 12; i++) {
        char pair[8];
        snprintf(pair, sizeof pair, " %c %d\n", "uvw"[i / 4], i % 4 + 1);
        const char *found = strstr(all, pair);
        assert_non_null(found);
        assert_null(strstr(found + 1, pair));
    }
    free(all);
    free(some);
    free(others);
}

static const char ranges[] = "train: {a: 1, b: 1, c: 1, d: 1, e: 1}\n"
                             "sweep: {method: %s, trials: 4096, over: {train.a: {uniform: [-1, 3]}, "
                             "train.b: {log_uniform: [1e-4, 1]}, train.c: {integer: [1, 3]}, "
                             "train.d: {log_integer: [1, 63]}, train.e: [u, v, w, x]}}";

// How many of 4096 values lie in the first half, third or quarter of each range, where a tenth of a percent is chance.
static void check_shares(const char *method, int slack)
{
    static const double limits[] = {1, 1e-2, 1.5, 7.5, 0.5}, shares[] = {0.5, 0.5, 1 / 3.0, 0.5, 0.25};
    char *text = mem_format(ranges, method);
    struct spec_sweep *sweep = sweep_of(text);
    struct search *s = search_of(sweep, 1);
    int number[4096], below[5] = {0};
    assert_int_equal(search_release(s, 5000, number), 4096);
    for (int i = 0; i < 4096; i++) {
        struct search_trial t;
        double value[KEYS_MAX];
        search_trial(s, i, &t, value);
        for (int k = 0; k < 5; k++) {
            struct sweep_range r = spec_sweep_range(sweep, k);
            char digits[32];
            snprintf(digits, sizeof digits, "%.6g", value[k]);
            assert_float_equal(strtod(digits, NULL), value[k], 0);
            assert_true(value[k] >= r.low && value[k] <= r.high && (k < 2 || value[k] == floor(value[k])));
            below[k] += value[k] < limits[k];
        }
    }
    for (int k = 0; k < 5; k++)
        if (fabs(below[k] - 4096 * shares[k]) > slack)
            fail_msg("%s, key %d: %d of 4096", method, k, below[k]);
    search_free(&s);
    spec_sweep_free(&sweep);
    free(text);
}

static void test_ranges(void **state)
{
    (void)state;
    check_shares("random", 105); // 3.3 deviations of 32
    check_shares("sobol", 2);    // evenly spread
}

// --- halving

// Those that were promoted, of trials that were all reported.
static void check_continues(const struct search *s, char *const *line)
{
    for (int i = 0; i < search_bound(s); i++) {
        char configuration[32];
        bool continues = false;
        if (!line[i])
            continue;
        snprintf(configuration, sizeof configuration, "%.*s/", (int)strcspn(strchr(line[i], ':'), "/"),
            strchr(line[i], ':'));
        for (int k = i + 1; k < search_bound(s); k++)
            continues |= line[k] && strstr(line[k], configuration);
        assert_int_equal(search_continues(s, i), continues);
    }
}

// Runs a search whose trials are reported in a random order: all trials in a line each, in the order of their numbers.
typedef double (*judge)(const struct search_trial *t);
static char *run(const char *text, int64_t epochs, judge loss_of, uint64_t order)
{
    struct spec_sweep *sweep = sweep_of(text);
    struct search *s = search_of(sweep, epochs);
    char **line = mem_new((size_t)search_bound(s), sizeof *line), room[32];
    int *out = mem_new((size_t)search_bound(s), sizeof *out), n = 0, most = order ? 3 : 1000000;
    for (;;) {
        n += search_release(s, most - n, out + n);
        if (!n)
            break;
        int pick = order ? (int)(noise(&order) * n) : 0;
        struct search_trial t;
        double value[KEYS_MAX];
        search_trial(s, out[pick], &t, value);
        struct text l = {0};
        text_add(&l, "%d:%d.%d/%d x%lld", t.number, t.configuration, t.repeat, t.rung, (long long)t.point.epochs);
        for (int k = 0; k < spec_sweep_keys(sweep); k++)
            text_add(&l, " %s", spec_sweep_value(sweep, k, value[k], room));
        assert_null(line[t.number]);
        line[t.number] = l.data;
        assert_int_equal(search_continues(s, t.number), t.may_continue);
        search_report(s, t.number, loss_of(&t));
        out[pick] = out[--n];
    }
    assert_true(search_is_done(s));
    check_continues(s, line);
    struct text all = {0};
    for (int i = 0; i < search_bound(s); i++) {
        if (line[i])
            text_add(&all, "%s\n", line[i]);
        free(line[i]);
    }
    free(line);
    free(out);
    search_free(&s);
    spec_sweep_free(&sweep);
    return all.data;
}

// Of nine configurations the losses after 1, 3 and 9 epochs; NaN: it diverges.
static double hand_worked(const struct search_trial *t)
{
    static const double loss[3][9] = {
        {5, 3, NAN, 3, 9, 1, 7, 3, 8}, // 5, then 1, 3 and 7 are equal: the first two are promoted
        {0, 2, 0, NAN, 0, 4, 0, 0, 0}, // 1 is best; 3 diverges
        {0, 1, 0, 0, 0, 0, 0, 0, 0},
    };
    return loss[t->rung][t->configuration];
}

static const char halving[] = "a: 1\nsweep: {method: halving, over: {a: [0, 1, 2, 3, 4, 5, 6, 7, 8]}}";

static void test_halving(void **state)
{
    (void)state;
    for (uint64_t order = 0; order < 20; order++) {
        char *trials = run(halving, 9, hand_worked, order), *second = strstr(trials, "9:");
        assert_non_null(second);
        struct text numbers = {0};
        for (char *l = second; *l; l = strchr(l, '\n') + 1)
            text_add(&numbers, "%.*s ", (int)(strchr(strchr(l, ' ') + 1, ' ') - l), l);
        assert_string_equal(numbers.data, "9:1.0/1 x3 10:3.0/1 x3 11:5.0/1 x3 12:1.0/2 x9 ");
        text_free(&numbers);
        free(trials);
    }
}

// A configuration is judged by the mean of its repeats; one that failed in one repeat is not promoted.
static double with_repeats(const struct search_trial *t)
{
    static const double loss[4][2] = {{1, 9}, {4, 5}, {0, NAN}, {5, 5}};
    return loss[t->configuration][t->repeat];
}

static void test_halving_repeats(void **state)
{
    (void)state;
    char *trials =
        run("a: 1\nsweep: {method: halving, repeats: 2, min_epochs: 5, reduction: 2, over: {a: [0, 1, 2, 3]}}", 10,
            with_repeats, 0);
    static const char *const on[] = {"\n8:0.0/1 x10 ", "\n9:0.1/1 x10 ", "\n10:1.0/1 x10 ", "\n11:1.1/1 x10 "};
    for (int i = 0; i < 4; i++) // 1 has mean 4.5; 0 and 3 have 5
        assert_non_null(strstr(trials, on[i]));
    assert_null(strstr(trials, ":2.0/1"));
    free(trials);
}

static double all_fail(const struct search_trial *t)
{
    (void)t;
    return NAN;
}

static void test_halving_ends(void **state)
{
    (void)state;
    char *trials = run(halving, 9, all_fail, 3);
    assert_null(strstr(trials, "/1"));
    free(trials);
}

// The table of the paper for 81 epochs and reduction 3: configurations of each bracket's first rung, and rungs.
static void test_hyperband(void **state)
{
    (void)state;
    struct spec_sweep *sweep = sweep_of("a: 1\nsweep: {method: hyperband, over: {a: {uniform: [0, 1]}}}");
    struct search *s = search_of(sweep, 81);
    static const struct {
        int configurations, epochs;
    } first[] = {{81, 1}, {34, 3}, {15, 9}, {8, 27}, {5, 81}};
    int number[200], n = search_release(s, 200, number), at = 0;
    assert_int_equal(n, 81 + 34 + 15 + 8 + 5);
    assert_int_equal(search_bound(s), 81 + 27 + 9 + 3 + 1 + 34 + 11 + 3 + 1 + 15 + 5 + 1 + 8 + 2 + 5);
    for (int b = 0; b < 5; b++)
        for (int i = 0; i < first[b].configurations; i++, at++) {
            struct search_trial t;
            double value[KEYS_MAX];
            search_trial(s, number[at], &t, value);
            assert_int_equal(t.point.epochs, first[b].epochs);
            assert_int_equal(t.configuration, at);
            assert_int_equal(t.may_continue, b < 4);
        }
    assert_false(search_is_exhausted(s));
    search_free(&s);
    spec_sweep_free(&sweep);
}

// --- TPE

// What the toy says of the last trial that was run, whose values are kept here.
static double best;

static double toy_of(const double *v)
{
    double x = v[0] - 0.7, y = log10(v[1]) + 2.5;
    return x * x * 10 + y * y + 0.02 * fabs(v[2] - 40) + (v[3] > 0.5 ? 0.5 : 0);
}

static const char toy[] = "a: 1\nb: 1\nc: 1\nd: 1\n"
                          "sweep: {method: %s, trials: %d, seed: %d, over: {a: {uniform: [0, 1]}, "
                          "b: {log_uniform: [1e-5, 1]}, c: {integer: [1, 100]}, d: [p, q]}}";

// The best loss after n trials, `parallel` of which are out at a time, reported in a random order.
static double search_toy(const char *method, int n, int seed, int groups, uint64_t order)
{
    char *text = mem_format(toy, method, n, seed);
    struct spec_sweep *sweep = sweep_of(text);
    struct search *s = search_of(sweep, 1);
    int out[64], k = 0;
    best = INFINITY;
    while (!search_is_done(s)) {
        k += search_release(s, groups - k, out + k);
        assert_true(k > 0);
        int pick = (int)(noise(&order) * k);
        struct search_trial t;
        double value[KEYS_MAX];
        search_trial(s, out[pick], &t, value);
        double loss = toy_of(value);
        best = fmin(best, loss);
        search_report(s, out[pick], loss);
        out[pick] = out[--k];
    }
    search_free(&s);
    spec_sweep_free(&sweep);
    free(text);
    return best;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// In the median over seeds, 60 trials of TPE come nearer to the optimum (0) than 180 random ones.
static void test_tpe(void **state)
{
    (void)state;
    enum { SEEDS = 21 };
    double tpe[SEEDS], random[SEEDS];
    for (int seed = 0; seed < SEEDS; seed++) {
        tpe[seed] = search_toy("tpe", 60, seed, 8, 1);
        random[seed] = search_toy("random", 180, seed, 8, 1);
        assert_float_equal(search_toy("tpe", 60, seed, 1, 1), tpe[seed], 0);
        assert_float_equal(search_toy("tpe", 60, seed, 5, (uint64_t)seed), tpe[seed], 0);
        assert_float_equal(search_toy("tpe", 60, seed, 50, (uint64_t)seed + 7), tpe[seed], 0);
    }
    qsort(tpe, SEEDS, sizeof *tpe, ascending);
    qsort(random, SEEDS, sizeof *random, ascending);
    print_message(
        "median of the best losses: tpe %.3f in 60 trials, random %.3f in 180\n", tpe[SEEDS / 2], random[SEEDS / 2]);
    assert_true(tpe[SEEDS / 2] < random[SEEDS / 2]);
}

// Proposal i waits for the results of all but the last seven before it, and then does not look at these.
static void test_tpe_window(void **state)
{
    (void)state;
    struct spec_sweep *sweep =
        sweep_of("a: 1\nsweep: {method: tpe, trials: 30, startup: 10, parallel: 8, over: {a: {uniform: [0, 1]}}}");
    double proposed[2];
    for (int way = 0; way < 2; way++) {
        struct search *s = search_of(sweep, 1);
        int number[64];
        assert_int_equal(search_release(s, 64, number), 10);
        for (int i = 0; i < 2; i++)
            search_report(s, i, i);
        assert_int_equal(search_release(s, 64, number), 0); // the 11th knows trials 0 to 2
        for (int i = 3; way == 1 && i < 10; i++)
            search_report(s, i, -i);
        assert_int_equal(search_release(s, 64, number), 0);
        search_report(s, 2, 2);
        assert_int_equal(search_release(s, 1, number), 1);
        struct search_trial t;
        search_trial(s, number[0], &t, &proposed[way]);
        assert_int_equal(t.number, 10);
        search_free(&s);
    }
    assert_float_equal(proposed[0], proposed[1], 0);
    spec_sweep_free(&sweep);
}

// A density's integral over its range is 1, and draws follow it.
static void test_parzen(void **state)
{
    (void)state;
    static const struct sweep_range range[] = {
        {SWEEP_UNIFORM, -2, 6}, {SWEEP_LOG_UNIFORM, 1e-3, 1}, {SWEEP_INTEGER, 1, 40}};
    static const double seen[][3] = {{-1.5, 0, 5.9}, {2e-3, 3e-3, 0.5}, {1, 2, 30}};
    for (int r = 0; r < 3; r++) {
        struct parzen *p = parzen_new(&range[r], seen[r], 3);
        double sum = 0, below = 0, half = 0.5 * (range[r].low + range[r].high);
        enum { STEPS = 20000 };
        bool is_log = range[r].kind == SWEEP_LOG_UNIFORM, is_whole = range[r].kind == SWEEP_INTEGER;
        double low = is_log ? log(range[r].low) : range[r].low - 0.5 * is_whole;
        double high = is_log ? log(range[r].high) : range[r].high + 0.5 * is_whole;
        for (int i = 0; i < STEPS; i++) {
            double x = low + (i + 0.5) * (high - low) / STEPS, value = is_log ? exp(x) : x;
            double mass = exp(parzen_log(p, value)) * (high - low) / STEPS;
            sum += mass;
            below += value < half ? mass : 0;
        }
        assert_float_equal(sum, 1, 1e-6);
        struct draw d = {.seed = 3, .stream = 9};
        int drawn = 0;
        for (int i = 0; i < 10000; i++)
            drawn += parzen_draw(p, &d) < half;
        assert_float_equal(drawn / 1e4, below, 0.02);
        parzen_free(&p);
    }
}

// --- mistakes

static const struct {
    const char *text, *message;
} bad[] = {
    {"a: 1\nsweep: {method: random, over: {a: {uniform: [0, 1]}}}",
        "a.yaml:2:8: sweep: found no number of trials, allowed with method random and a range: trials: NUMBER\n"},
    {"a: 1\nsweep: {method: tpe, over: {a: [0, 1]}}",
        "a.yaml:2:8: sweep: found no number of trials, allowed with method tpe: trials: NUMBER\n"},
    {"a: 1\nsweep: {method: halving, min_epochs: 30, over: {a: [0, 1]}}",
        "a.yaml:2:8: sweep: found min_epochs 30 and train.epochs 27, allowed: fewer epochs in the first rung than in "
        "the "
        "last\n"},
    {"a: 1\nsweep: {repeats: 10000, over: {a: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, "
     "20, "
     "21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, "
     "49, "
     "50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, "
     "78, "
     "79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100]}}",
        "a.yaml:2:8: sweep: 1010000 trials, allowed: 1 to 1000000\n"},
};

static void test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        struct spec_sweep *sweep = sweep_of(bad[i].text);
        assert_null(search_new(sweep, 27, &e));
        assert_string_equal(e.text, bad[i].message);
        spec_sweep_free(&sweep);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sobol),
        cmocka_unit_test(test_grid),
        cmocka_unit_test(test_random_lists),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_halving),
        cmocka_unit_test(test_halving_repeats),
        cmocka_unit_test(test_halving_ends),
        cmocka_unit_test(test_hyperband),
        cmocka_unit_test(test_tpe),
        cmocka_unit_test(test_tpe_window),
        cmocka_unit_test(test_parzen),
        cmocka_unit_test(test_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
