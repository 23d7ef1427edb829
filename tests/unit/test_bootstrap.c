// Bootstrap intervals: those of SciPy (tests/parity/bootstrap_reference.py), and sets at their limits.
// links: metrics kernels base
#include "../parity/bootstrap_reference.h"
#include "metrics/bootstrap.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct bootstrap_intervals intervals(const float *score, const int8_t *positive, int64_t n, double threshold)
{
    struct err e = {0};
    struct bootstrap_intervals b;
    struct ranking *r = ranking_new(score, positive, n, &e);

    assert_non_null(r);
    assert_int_equal(bootstrap_compute(r, threshold, &b, &e), 0);
    ranking_free(&r);
    return b;
}

static void check_interval(const char *name, const char *metric, struct interval found, const double band[4])
{
    const double rounding = 1e-6;

    if (!(found.low >= band[0] - rounding && found.low <= band[1] + rounding))
        fail_msg("%s, %s: low end %.9g, not in [%.9g, %.9g]", name, metric, found.low, band[0], band[1]);
    if (!(found.high >= band[2] - rounding && found.high <= band[3] + rounding))
        fail_msg("%s, %s: high end %.9g, not in [%.9g, %.9g]", name, metric, found.high, band[2], band[3]);
}

static void intervals_are_those_of_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bootstrap_references / sizeof *bootstrap_references; i++) {
        const struct bootstrap_reference *f = &bootstrap_references[i];
        struct bootstrap_intervals b = intervals(f->score, f->positive, f->n, f->threshold);
        assert_int_equal(b.resamples, BOOTSTRAP_RESAMPLES);
        check_interval(f->name, "average precision", b.average_precision, f->average_precision);
        check_interval(f->name, "best F1", b.best_f1, f->best_f1);
        check_interval(f->name, "F1", b.f1, f->f1);
    }
}

// The same ranks give the same bits, whatever the scores and the order of the samples are.
static void only_the_ranks_count(void **state)
{
    (void)state;
    const struct bootstrap_reference *f = &bootstrap_references[0];
    float score[300];
    int8_t positive[300];

    for (int64_t i = 0; i < f->n; i++) {
        score[f->n - 1 - i] = 100 + 16 * f->score[i];
        positive[f->n - 1 - i] = f->positive[i];
    }
    struct bootstrap_intervals a = intervals(f->score, f->positive, f->n, f->threshold);
    struct bootstrap_intervals b = intervals(score, positive, f->n, 100 + 16 * f->threshold);
    assert_memory_equal(&a.average_precision, &b.average_precision, sizeof a.average_precision);
    assert_memory_equal(&a.best_f1, &b.best_f1, sizeof a.best_f1);
    assert_memory_equal(&a.f1, &b.f1, sizeof a.f1);
}

static void a_perfect_ranking_has_no_doubt(void **state)
{
    (void)state;
    const float score[] = {0.1f, 0.2f, 0.3f, 0.8f, 0.9f};
    const int8_t positive[] = {0, 0, 0, 1, 1};
    struct bootstrap_intervals b = intervals(score, positive, 5, 0.5);

    assert_true(b.average_precision.low == 1 && b.average_precision.high == 1);
    assert_true(b.best_f1.low == 1 && b.best_f1.high == 1);
    assert_true(b.f1.low == 1 && b.f1.high == 1);

    b = intervals(score, positive, 5, 2);
    assert_true(b.f1.low == 0 && b.f1.high == 0);
    b = intervals(score, positive, 5, -1); // all are called anomalous
    assert_true(fabs(b.f1.low - 4.0 / 7) < 1e-6 && fabs(b.f1.high - 4.0 / 7) < 1e-6);
}

static void unknown_intervals_are_nan(void **state)
{
    (void)state;
    const float score[] = {0.1f, 0.2f, 0.3f, 0.8f};
    const float with_nan[] = {0.1f, NAN, 0.3f, 0.8f};
    const int8_t one[] = {0, 0, 0, 1}, none[] = {0, 0, 0, 0}, two[] = {0, 1, 0, 1};

    assert_int_equal(intervals(score, one, 4, 0.5).resamples, 0);
    assert_true(isnan(intervals(score, one, 4, 0.5).average_precision.low));
    assert_int_equal(intervals(score, none, 4, 0.5).resamples, 0);
    assert_int_equal(intervals(with_nan, two, 4, 0.5).resamples, 0);

    struct bootstrap_intervals b = intervals(score, two, 4, NAN);
    assert_true(isnan(b.f1.low) && isnan(b.f1.high));
    assert_false(isnan(b.best_f1.low));
}

// No threshold is below -infinity, so that a sample with this score cannot be called anomalous.
static void no_threshold_is_below_minus_infinity(void **state)
{
    (void)state;
    const float score[] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    const int8_t positive[] = {1, 1, 0, 0};
    struct bootstrap_intervals b = intervals(score, positive, 4, -INFINITY);

    assert_true(b.best_f1.high == 0 && b.f1.high == 0);
    assert_true(b.average_precision.low == 0.5 && b.average_precision.high == 0.5);
}

static void large_sets_have_fewer_resamples(void **state)
{
    (void)state;
    enum { ROWS = BOOTSTRAP_SAMPLES_MOST + 1 };
    float *score = calloc(ROWS, sizeof *score);
    int8_t *positive = calloc(ROWS, 1);

    assert_non_null(score);
    assert_non_null(positive);
    for (int i = 0; i < ROWS; i++) {
        score[i] = (float)i;
        positive[i] = i % 2 == 0;
    }
    assert_int_equal(intervals(score, positive, ROWS, NAN).resamples, 0);
    assert_int_equal(intervals(score, positive, 250000, NAN).resamples, 800);
    free(score);
    free(positive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_those_of_scipy),
        cmocka_unit_test(only_the_ranks_count),
        cmocka_unit_test(a_perfect_ranking_has_no_doubt),
        cmocka_unit_test(unknown_intervals_are_nan),
        cmocka_unit_test(no_threshold_is_below_minus_infinity),
        cmocka_unit_test(large_sets_have_fewer_resamples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
