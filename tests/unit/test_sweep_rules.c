// What relates the keys of a sweep: zip, only_if, exclude, starting points, and results of an earlier run.
// links: search spec base
#include "base/mem.h"
#include "base/text.h"
#include "search/search.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "search_fixture.h"

#define SPEC "a: 1\nb: 1\nc: 1\nd: 1\ntrain: {}\n"

// Appends the values of a configuration, "-" of a key that does not vary.
static void add_values(struct text *t, const struct spec_sweep *sweep, const double *value)
{
    char buffer[32];
    for (int k = 0; k < spec_sweep_keys(sweep); k++)
        text_add(t, "%s%s", k ? " " : "", isnan(value[k]) ? "-" : spec_sweep_value(sweep, k, value[k], buffer));
    text_add(t, "\n");
}

// Runs a search whose results are 0, and returns its configurations, one per line. New memory.
static char *configurations(const char *sweep_text)
{
    char *text = mem_format(SPEC "sweep: {%s}\n", sweep_text);
    struct spec_sweep *sweep = sweep_of(text);
    struct search *s = search_of(sweep, 9);
    struct text t = {0};
    int number[64];

    text_add(&t, "%s", "");
    for (int n; (n = search_release(s, 64, number)) > 0;)
        for (int i = 0; i < n; i++) {
            struct search_trial trial;
            double value[KEYS_MAX];
            search_trial(s, number[i], &trial, value);
            assert_true(spec_sweep_is_allowed(sweep, value));
            add_values(&t, sweep, value);
            search_report(s, number[i], 0);
        }
    search_free(&s);
    spec_sweep_free(&sweep);
    free(text);
    return t.data;
}

static const struct {
    const char *sweep, *configurations;
} grids[] = {
    {"zip: {a: [1, 2], b: [x, y]}", "1 x\n2 y\n"},
    {"over: {c: [u, v]}, zip: [{a: [1, 2], b: [x, y]}]", "u 1 x\nu 2 y\nv 1 x\nv 2 y\n"},
    {"zip: [{a: [1, 2], b: [x, y]}, {c: [3, 4, 5], d: [z]}]", "1 x 3 z\n1 x 4 z\n1 x 5 z\n2 y 3 z\n2 y 4 z\n2 y 5 z\n"},
    {"zip: {a: one, b: [x, y]}", "one x\none y\n"},
    {"zip: {train.seed: [1, 2], a: [x, y]}", "1 x\n2 y\n"},
    {"over: {a: [1, 2, 3], b: [x, y]}, exclude: {a: 2}", "1 x\n1 y\n3 x\n3 y\n"},
    {"over: {a: [1, 2, 3], b: [x, y]}, exclude: [{a: [1, 2.0], b: y}, {a: 3, b: x}]", "1 x\n2 x\n3 y\n"},
    {"over: {a: [1, 2, 3], b: [x, y]}, exclude: {a: {integer: [2, 9]}}", "1 x\n1 y\n"},
    {"over: {a: [sgd, adam], b: [0, 0.9]}, only_if: {b: {a: sgd}}", "sgd 0\nsgd 0.9\nadam -\n"},
    {"over: {b: [0, 0.9], a: [sgd, adam]}, only_if: {b: {a: sgd}}", "0 sgd\n- adam\n0.9 sgd\n"},
    {"over: {a: [1, 2], b: [x, y], c: [u, v]}, only_if: {b: {a: 2}, c: {b: y}}", "1 - -\n2 x -\n2 y u\n2 y v\n"},
    {"over: {a: [1, 2], b: [x, y], c: [u, v]}, only_if: {c: {a: 2, b: [y]}}", "1 x -\n1 y -\n2 x -\n2 y u\n2 y v\n"},
    {"over: {a: [1, 2]}, zip: {b: [x, y], c: [u, v]}, only_if: {c: {a: 2}}", "1 x -\n1 y -\n2 x u\n2 y v\n"},
    {"over: {a: [1, 2]}, zip: {b: [x, y], c: [u, v]}, only_if: {b: {a: 2}}", "1 - u\n1 - v\n2 x u\n2 y v\n"},
    {"over: {a: [1, 2], b: [x, y]}, only_if: {b: {a: 2}}, exclude: {b: x}", "1 -\n2 y\n"},
    {"over: {train.seed: [7, 8], a: [1, 2], b: [x, y]}, exclude: {a: 1, b: x}",
        "7 1 y\n7 2 x\n7 2 y\n8 1 y\n8 2 x\n8 2 y\n"},
    {"over: {a: [[1, 2], [3]], b: [x, y]}, exclude: {a: [[1, 2]], b: x}", "[1, 2] y\n[3] x\n[3] y\n"},
};

static void test_grids(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof grids / sizeof *grids; i++) {
        char *found = configurations(grids[i].sweep);
        assert_string_equal(found, grids[i].configurations);
        free(found);
    }
}

static int count_lines(const char *text, const char *line)
{
    int n = 0;
    size_t length = strlen(line);
    for (const char *p = text; *p; p = strchr(p, '\n') + 1)
        n += strncmp(p, line, length) == 0 && (line[length - 1] == '\n' || p[length] == '\n' || p[length] == ' ');
    return n;
}

// Every method keeps the rules; from lists, random draws each allowed combination once.
static void test_methods(void **state)
{
    (void)state;
    static const char rules[] = "over: {a: [1, 2, 3], b: {integer: [1, 4]}, c: [u, v]}, only_if: {c: {a: 3}}, "
                                "exclude: {a: 2, b: {integer: [2, 4]}}";
    static const char *const methods[] = {"method: random", "method: sobol, trials: 13", "method: halving, trials: 9",
        "method: hyperband", "method: tpe, trials: 40, startup: 4"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        char *text = mem_format("%s, %s", methods[i], rules), *found = configurations(text);
        for (int b = 2; b <= 4; b++) {
            char line[16];
            snprintf(line, sizeof line, "2 %d", b);
            assert_int_equal(count_lines(found, line), 0);
        }
        assert_int_equal(count_lines(found, "1 1 u\n") + count_lines(found, "1 1 v\n"), 0);
        if (i == 0) { // 4 of a = 1, 1 of a = 2, 8 of a = 3
            assert_int_equal(count_lines(found, "1") + count_lines(found, "2") + count_lines(found, "3"), 13);
            assert_int_equal(count_lines(found, "3"), 8);
            assert_int_equal(count_lines(found, "3 4 v\n"), 1);
        }
        free(text);
        free(found);
    }
}

// Without a rule that leaves anything out, a range is drawn from as if there were none.
static void test_draws_stay(void **state)
{
    (void)state;
    static const char *const methods[] = {"random", "sobol", "tpe"};
    for (int i = 0; i < 3; i++) {
        char *plain = mem_format("method: %s, trials: 20, over: {a: {uniform: [0, 1]}, b: [1, 2, 3]}", methods[i]);
        char *ruled = mem_format("%s, exclude: {a: {uniform: [0.99999, 1]}}", plain);
        char *one = configurations(plain), *other = configurations(ruled);
        assert_string_equal(one, other);
        free(plain);
        free(ruled);
        free(one);
        free(other);
    }
}

static void test_starts(void **state)
{
    (void)state;
    static const char *const methods[] = {"random", "tpe"};
    for (int i = 0; i < 2; i++) {
        char *text =
            mem_format("method: %s, trials: 8, over: {a: {uniform: [0, 1]}, b: [x, y]}, zip: {c: [1, 2], d: [3, "
                       "4]}, start: [{a: 0.25, b: y, d: 4}, {a: 0.5}]",
                methods[i]);
        char *found = configurations(text);
        assert_int_equal(strncmp(found, "0.25 y 2 4\n0.5 ", 15), 0);
        int lines = 0;
        for (const char *p = found; *p; p++)
            lines += *p == '\n';
        assert_int_equal(lines, 8);
        free(text);
        free(found);
    }
    // a starting point is not drawn again
    char *all = configurations("method: random, over: {a: [1, 2, 3]}, start: [{a: 3}]");
    assert_int_equal(strncmp(all, "3\n", 2), 0);
    assert_int_equal(count_lines(all, "1\n") + count_lines(all, "2\n") + count_lines(all, "3\n"), 3);
    assert_int_equal(count_lines(all, "3\n"), 1);
    free(all);
}

// What was learned guides the first proposal, and startup counts it.
static void test_learns(void **state)
{
    (void)state;
    struct spec_sweep *sweep =
        sweep_of(SPEC "sweep: {method: tpe, trials: 20, startup: 10, over: {a: {uniform: [0, 1]}, b: [x, y, z]}}\n");
    struct search *s = search_of(sweep, 1);
    int number[20];
    for (int i = 0; i < 60; i++) {
        double value[2] = {i / 60.0, i % 3};
        search_learn(s, value, fabs(value[0] - 0.7) + (i % 3 != 1));
    }
    assert_int_equal(search_learned(s), 60);
    assert_int_equal(search_release(s, 20, number), 8); // `parallel` at a time: none is random
    int near = 0;
    for (int i = 0; i < 8; i++) {
        struct search_trial t;
        double value[KEYS_MAX];
        search_trial(s, number[i], &t, value);
        near += fabs(value[0] - 0.7) < 0.2 && value[1] >= 1 && value[1] <= 1;
    }
    assert_true(near >= 5); // at random, one in eight
    search_free(&s);
    spec_sweep_free(&sweep);
}

// A variable that does not vary has its own value.
static void test_inactive_variable(void **state)
{
    (void)state;
    static const char text[] = "a: \"${x}\"\nb: 1\nvariables: {x: \"${y}0\", y: 7}\n"
                               "sweep: {over: {b: [1, 2], x: [3, 4]}, only_if: {x: {b: 2}}}\n";
    struct spec_sweep *sweep = sweep_of(text);
    static const char *const wanted[] = {"70", "3", "4"};
    assert_int_equal(spec_sweep_combinations(sweep, -1), 3);
    for (int i = 0; i < 3; i++) {
        struct err e = {0};
        double value[KEYS_MAX];
        spec_sweep_combination(sweep, -1, i, value);
        assert_int_equal(spec_sweep_combination_number(sweep, -1, value), i);
        struct node *tree = spec_sweep_trial(sweep, &(struct sweep_point){.value = value}, &e);
        assert_non_null(tree);
        assert_string_equal(node_get(tree, "a")->text, wanted[i]);
        node_free(&tree);
    }
    spec_sweep_free(&sweep);
}

static const struct {
    const char *sweep, *message;
} bad[] = {
    {"zip: {a: [1, 2], b: [1, 2, 3]}",
        "sweep.zip.a: found 2 values, but b has 3, allowed in zip: lists of equal length"},
    {"method: random, trials: 2, zip: {a: {uniform: [0, 1]}}", "sweep.zip.a: found a range, allowed in zip: a list"},
    {"over: {a: [1]}, zip: {a: [1]}", "sweep.zip.a: this key varies in line 6, too"},
    {"zip: 3", "sweep.zip: found '3', allowed: a list of maps"},
    {"zip: [{a: [1]}, b]", "sweep.zip[1]: found 'b', allowed: a list of maps"},
    {"method: grid", "sweep.over: missing, allowed: a section"},
    {"over: {a: [1, 2], b: [1]}, only_if: {c: {a: 1}}", "sweep.only_if.c: 'c' is no key of sweep.over or sweep.zip"},
    {"over: {a: [1, 2], b: [1]}, only_if: {b: {a: 3}}",
        "sweep.only_if.b.a: found '3', allowed: the values of a in the sweep: 1, 2"},
    {"over: {a: [1, 2], b: [1]}, only_if: {b: a}", "sweep.only_if.b: found 'a', allowed: a map of keys"},
    {"over: {a: [1, 2], b: [1]}, only_if: [b]", "sweep.only_if: found a list, allowed: a map KEY: {OTHER: VALUES}"},
    {"over: {a: [1, 2], b: [1, 2]}, only_if: {a: {b: 1}, b: {a: 1}}", "whether b varies depends on itself"},
    {"over: {a: [1, 2], b: [1, 2]}, only_if: {a: {a: 1}}", "whether a varies depends on itself"},
    {"over: {a: [1, 2], b: 1, c: 1, d: 1}, only_if: {a: {b: 1}, b: {c: 1}, c: {d: 1}, d: {a: 1}}",
        "sweep.only_if.d: whether d varies depends on itself"},
    {"over: {a: [1, 2]}, exclude: {a: [1, 2]}", "sweep.exclude: all combinations are excluded"},
    {"over: {a: [1, 2]}, exclude: [3]", "sweep.exclude[0]: found '3', allowed: a map of keys"},
    {"over: {a: [1, 2]}, exclude: {}", "sweep.exclude: found a section, allowed: a map of keys"},
    {"over: {a: [1, 2]}, exclude: {a: []}", "sweep.exclude.a: found no values, allowed: a value, a list of them"},
    {"over: {a: [1, 2]}, exclude: {a: {integer: [5, 6]}}", "sweep.exclude.a: found a range in which a has no value"},
    {"over: {a: [1, 2], train.seed: [1, 2]}, exclude: {train.seed: 1}",
        "sweep.exclude.train.seed: a list of train.seed repeats every configuration"},
    {"method: random, trials: 3, over: {a: {uniform: [0, 1]}}, exclude: {a: 2}",
        "sweep.exclude.a: found '2', allowed: a number from 0 to 1, as a has in the sweep"},
    {"method: random, trials: 3, over: {a: {uniform: [0, 1]}}, exclude: {a: {uniform: [0, 1]}}",
        "sweep.exclude: 10000 random configurations in a row are excluded"},
    {"method: sobol, trials: 3, over: {a: {uniform: [0, 1]}}, exclude: {a: {uniform: [0, 1]}}",
        "sweep.exclude: 0 of the first 10300 points are allowed, which are too few"},
    {"over: {a: [1, 2]}, start: {a: 1}", "sweep.start: method grid has no such setting, allowed: with random, tpe"},
    {"method: random, over: {a: [1, 2]}, start: {a: [1, 2]}",
        "sweep.start.a: found several values, allowed in a starting point: one"},
    {"method: random, zip: {a: [1, 2], b: [3, 4]}, start: {a: 1, b: 4}",
        "sweep.start.b: found a value at another place of its list than that of a"},
    {"method: random, over: {a: [1, 2]}, start: {a: 1}, exclude: {a: 1}",
        "sweep.start: this starting point is excluded by sweep.exclude"},
    {"method: random, trials: 1, over: {a: [1, 2]}, start: [{a: 1}, {a: 2}]",
        "sweep.start: found 2 starting points for 1 configurations"},
    {"method: random, over: {a: [1, 2]}, from: run",
        "sweep.from: method random has no such setting, allowed: with tpe"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        char *text = mem_format(SPEC "sweep: {%s}\n", bad[i].sweep);
        struct node *root = spec_parse("a.yaml", text, strlen(text), &e);
        struct spec_sweep *sweep = spec_sweep_new(root, &e);
        struct search *s = sweep ? search_new(sweep, 1, &e) : NULL;
        if (s || !strstr(e.text, bad[i].message) || strncmp(e.text, "a.yaml:6:", 9) != 0)
            fail_msg("%s\nfound: %s\nnot:   %s", bad[i].sweep, e.text, bad[i].message);
        assert_int_equal(e.kind, ERR_USAGE);
        search_free(&s);
        spec_sweep_free(&sweep);
        node_free(&root);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_grids),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_draws_stay),
        cmocka_unit_test(test_starts),
        cmocka_unit_test(test_learns),
        cmocka_unit_test(test_inactive_variable),
        cmocka_unit_test(test_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
