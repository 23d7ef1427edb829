// Metrics of series: values computed by hand, and volumes by their definition (tests/parity/series_reference.py).
// links: metrics base
#include "../parity/series_reference.h"
#include "metrics/series.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define assert_close(found, wanted)                                  \
    do {                                                             \
        double f_ = (found), w_ = (wanted);                          \
        if (!(fabs(f_ - w_) < 1e-9))                                 \
            fail_msg("line %d: %.12g, not %.12g", __LINE__, f_, w_); \
    } while (0)

static void ranges_are_rewarded_by_their_overlap(void **state)
{
    (void)state;
    const int8_t truth[] = {0, 1, 1, 1, 1, 0, 0, 1, 1, 0};
    const int8_t called[] = {0, 0, 1, 1, 0, 0, 1, 0, 0, 0};
    // recall: (2/4 + 0) / 2; precision: (2/2 + 0/1) / 2
    struct range_score s = series_range_score(truth, called, 10, 0);
    assert_close(s.recall, 0.25);
    assert_close(s.precision, 0.5);
    assert_close(s.f1, 1.0 / 3);
    // existence 0.2: ((0.2 + 0.8 / 2) + 0) / 2
    assert_close(series_range_score(truth, called, 10, 0.2).recall, 0.3);
}

static void fragments_share_a_range(void **state)
{
    (void)state;
    const int8_t truth[] = {1, 1, 1, 1, 1, 1, 0, 0};
    const int8_t called[] = {1, 0, 1, 0, 1, 0, 0, 0};
    struct range_score s = series_range_score(truth, called, 8, 0);
    assert_close(s.recall, 0.5 / 3);
    assert_close(s.precision, 1);
    // one call over two true ranges
    const int8_t two[] = {1, 1, 0, 1, 1, 0, 0, 0}, one[] = {1, 1, 1, 1, 1, 0, 0, 0};
    s = series_range_score(two, one, 8, 0);
    assert_close(s.recall, 1);
    assert_close(s.precision, 4.0 / 5 / 2);
}

static void nothing_called_and_nothing_true(void **state)
{
    (void)state;
    const int8_t none[] = {0, 0, 0, 0}, some[] = {0, 1, 1, 0};
    struct range_score s = series_range_score(some, none, 4, 0);
    assert_true(s.recall == 0 && s.precision == 0 && s.f1 == 0);
    assert_true(isnan(series_range_score(none, some, 4, 0).f1));
    assert_true(isnan(series_point_adjusted(none, some, 4).f1));
    struct series_volume v;
    struct err e = {0};
    assert_int_equal(series_volume_compute((float[]){1, 2, 3, 4}, none, 4, 2, &v, &e), 0);
    assert_true(isnan(v.pr) && isnan(v.roc));
}

static void one_step_adjusts_its_range(void **state)
{
    (void)state;
    const int8_t truth[] = {0, 1, 1, 1, 1, 0, 0, 1, 1, 0};
    const int8_t called[] = {1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    struct range_score s = series_point_adjusted(truth, called, 10);
    assert_close(s.precision, 4.0 / 5);
    assert_close(s.recall, 4.0 / 6);
    assert_close(s.f1, 8.0 / 11);
}

static void volumes_follow_their_definition(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof series_volumes / sizeof *series_volumes; i++) {
        struct series_volume v;
        struct err e = {0};
        assert_int_equal(series_volume_compute(series_volumes[i].score, series_volumes[i].label, series_volumes[i].n,
                             series_volumes[i].window, &v, &e),
            0);
        assert_close(v.pr, series_volumes[i].pr);
        assert_close(v.roc, series_volumes[i].roc);
    }
}

static void perfect_scores_have_the_whole_volume_without_a_window(void **state)
{
    (void)state;
    int8_t truth[500] = {0};
    float score[500] = {0};
    for (int i = 100; i < 150; i++)
        truth[i] = score[i] = 1;
    struct series_volume v;
    struct err e = {0};
    assert_int_equal(series_volume_compute(score, truth, 500, 0, &v, &e), 0);
    assert_close(v.pr, 1);
    assert_close(v.roc, 1);
    score[0] = NAN; // below all
    assert_int_equal(series_volume_compute(score, truth, 500, 0, &v, &e), 0);
    assert_close(v.pr, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_rewarded_by_their_overlap),
        cmocka_unit_test(fragments_share_a_range),
        cmocka_unit_test(nothing_called_and_nothing_true),
        cmocka_unit_test(one_step_adjusts_its_range),
        cmocka_unit_test(volumes_follow_their_definition),
        cmocka_unit_test(perfect_scores_have_the_whole_volume_without_a_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
