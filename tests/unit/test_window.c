// Windows over series: where they begin, what ends a run, the length of a period, and the errors of time steps.
// links: score
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/timestamp.h"
#include "data/window.h"
#include "score/step_errors.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Windows over runs of these lengths (0 ends the list).
static struct series_windows windows_over(int64_t length, int64_t step, const int *runs)
{
    const struct window_config c = {.length = length, .step = step, .max_gap = WINDOW_ANY_GAP};
    struct series_windows w;

    windows_begin(&w, &c);
    for (; *runs; runs++)
        for (int i = 0; i < *runs; i++)
            windows_add(&w, i > 0);
    windows_end(&w);
    return w;
}

static void check_starts(int64_t length, int64_t step, const int *runs, const int64_t *starts, int64_t n)
{
    struct series_windows w = windows_over(length, step, runs);

    assert_int_equal(w.count, n);
    for (int64_t i = 0; i < n; i++)
        assert_int_equal(windows_first_step(&w, i), starts[i]);
    windows_free(&w);
}

static void test_starts(void **state)
{
    (void)state;
    check_starts(3, 1, (const int[]){5, 0}, (const int64_t[]){0, 1, 2}, 3);
    check_starts(3, 2, (const int[]){6, 0}, (const int64_t[]){0, 2}, 2);
    check_starts(3, 5, (const int[]){9, 0}, (const int64_t[]){0, 5}, 2); // apart
    check_starts(3, 1, (const int[]){3, 2, 4, 0}, (const int64_t[]){0, 5, 6}, 3);
    check_starts(1, 1, (const int[]){1, 1, 0}, (const int64_t[]){0, 1}, 2);
    check_starts(3, 1, (const int[]){2, 2, 0}, NULL, 0);
    check_starts(3, 1, (const int[]){0}, NULL, 0);
}

static void test_counts(void **state)
{
    (void)state;
    struct series_windows w = windows_over(3, 1, (const int[]){4, 2, 1, 5, 0});

    assert_int_equal(w.steps, 12);
    assert_int_equal(w.runs, 2);
    assert_int_equal(w.short_runs, 2);
    assert_int_equal(w.short_steps, 3);
    assert_int_equal(w.longest_run, 5);
    assert_int_equal(windows_in_run(&w, 0, 5), 2);
    assert_int_equal(windows_in_run(&w, 1, 5), 1);
    assert_int_equal(windows_in_run(&w, 2, 4), 2); // the caller's end comes first
    windows_free(&w);
}

static void test_continues(void **state)
{
    (void)state;
    static const struct {
        struct window_step a, b;
        int64_t max_gap;
        bool continues;
    } table[] = {
        {{0, 4, 10, 0}, {0, 5, 20, 0}, WINDOW_ANY_GAP, true},
        {{0, 4, 10, 0}, {0, 5, 20, 0}, 10, true},
        {{0, 4, 10, 0}, {0, 5, 20, 0}, 9, false},                        // a gap in time
        {{0, 4, 20, 0}, {0, 5, 20, 0}, 0, true},                         // the same time
        {{0, 4, 20, 0}, {0, 5, 19, 0}, WINDOW_ANY_GAP, false},           // backwards
        {{0, 4, 10, 0}, {0, 6, 20, 0}, WINDOW_ANY_GAP, false},           // a row between them
        {{0, 4, 10, 0}, {0, 5, 20, 1}, WINDOW_ANY_GAP, false},           // another group
        {{0, 4, 10, 0}, {1, 5, 20, 0}, WINDOW_ANY_GAP, false},           // another source
        {{0, 4, TIME_MISSING, 0}, {0, 5, 20, 0}, WINDOW_ANY_GAP, false}, // a missing time
        {{0, 4, 10, 0}, {0, 5, TIME_MISSING, 0}, WINDOW_ANY_GAP, false},
        {{0, 4, INT64_MIN + 1, 0}, {0, 5, INT64_MAX, 0}, INT64_MAX - 1, false}, // their difference overflows int64
        {{0, 4, INT64_MIN + 1, 0}, {0, 5, INT64_MAX, 0}, WINDOW_ANY_GAP, true},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct window_config c = {.length = 3, .step = 1, .max_gap = table[i].max_gap};
        if (window_continues(&c, &table[i].a, &table[i].b) != table[i].continues)
            fail_msg("row %zu of the table", i);
    }
}

static void test_deciding_step(void **state)
{
    (void)state;
    const int8_t marks[5] = {0, 1, 0, 1, 0}, none[5] = {0};

    assert_int_equal(window_deciding_step(WINDOW_LABEL_ANY, 5, marks), 1);
    assert_int_equal(window_deciding_step(WINDOW_LABEL_ANY, 5, none), 4);
    assert_int_equal(window_deciding_step(WINDOW_LABEL_ANY, 5, NULL), 4);
    assert_int_equal(window_deciding_step(WINDOW_LABEL_LAST, 5, marks), 4);
    assert_int_equal(window_deciding_step(WINDOW_LABEL_CENTER, 5, marks), 2);
    assert_int_equal(window_deciding_step(WINDOW_LABEL_CENTER, 4, marks), 2);
}

static void test_period(void **state)
{
    (void)state;
    enum { STEPS = 1000 };
    double *x = mem_new(2 * STEPS, sizeof *x);

    for (int i = 0; i < STEPS; i++) {
        x[2 * i] = sin(2 * M_PI * i / 40);
        x[2 * i + 1] = 1000 * cos(2 * M_PI * i / 40) + i % 2; // its scale must not matter
    }
    assert_int_equal(window_period(x, STEPS, 2), 40);
    x[100] = NAN;
    assert_int_equal(window_period(x, STEPS, 2), 40);

    for (int i = 0; i < 2 * STEPS; i++)
        x[i] = 7;
    assert_int_equal(window_period(x, STEPS, 2), WINDOW_FALLBACK); // constant
    for (int i = 0; i < 2 * STEPS; i++)
        x[i] = i;
    assert_int_equal(window_period(x, STEPS, 2), WINDOW_FALLBACK); // a trend has no peak
    for (int64_t steps = 0; steps < 6; steps++)
        assert_int_equal(window_period(x, steps, 2), WINDOW_FALLBACK);
    free(x);
}

// --- errors of time steps

struct taken {
    float v[64];
    int64_t n;
};

static int take(void *context, int64_t n, const float *error, struct err *e)
{
    struct taken *t = context;
    (void)e;
    memcpy(t->v + t->n, error, (size_t)n * sizeof *error);
    t->n += n;
    return 0;
}

static void check_steps(enum step_rule rule, const int64_t *starts, const float *error, const float *expected)
{
    enum { LENGTH = 3, WINDOWS = 4, STEPS = 9 };
    struct taken t = {.n = 0};
    struct err e = {0};
    struct step_errors *s = step_errors_new(rule, LENGTH, take, &t);

    for (int i = 0; i < WINDOWS; i++)
        assert_int_equal(step_errors_add(s, starts[i], error[i], &e), 0);
    assert_int_equal(step_errors_end(s, STEPS, &e), 0);
    assert_int_equal(t.n, STEPS);
    for (int i = 0; i < STEPS; i++)
        if (!(t.v[i] == expected[i] || (isnan(t.v[i]) && isnan(expected[i]))))
            fail_msg("rule %d, step %d: found %g, expected %g", (int)rule, i, (double)t.v[i], (double)expected[i]);
    step_errors_free(&s);
}

static void test_step_errors(void **state)
{
    (void)state;
    // Steps 0..4 have three windows, step 5 has none (a gap), steps 6..8 have one.
    const int64_t starts[] = {0, 1, 2, 6};
    const float error[] = {1, 4, 2, 8};

    check_steps(STEP_MEAN, starts, error, (const float[]){1, 2.5F, (1 + 4 + 2) / 3.0F, 3, 2, NAN, 8, 8, 8});
    check_steps(STEP_MAX, starts, error, (const float[]){1, 4, 4, 4, 2, NAN, 8, 8, 8});
    check_steps(STEP_CENTER, starts, error, (const float[]){1, 1, 4, 2, 2, NAN, 8, 8, 8});
    check_steps(STEP_LAST, starts, error, (const float[]){1, 1, 1, 4, 2, NAN, 8, 8, 8});
}

static void test_step_errors_without_error(void **state)
{
    (void)state;
    const int64_t starts[] = {0, 1, 2, 6};
    const float error[] = {1, NAN, 2, NAN};

    check_steps(STEP_MEAN, starts, error, (const float[]){1, 1, 1.5F, 2, 2, NAN, NAN, NAN, NAN});
    check_steps(STEP_MAX, starts, error, (const float[]){1, 1, 2, 2, 2, NAN, NAN, NAN, NAN});
    check_steps(STEP_CENTER, starts, error, (const float[]){1, 1, 1, 2, 2, NAN, NAN, NAN, NAN});
    check_steps(STEP_LAST, starts, error, (const float[]){1, 1, 1, 2, 2, NAN, NAN, NAN, NAN});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_continues),
        cmocka_unit_test(test_deciding_step),
        cmocka_unit_test(test_period),
        cmocka_unit_test(test_step_errors),
        cmocka_unit_test(test_step_errors_without_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
