// Scores of ensembles: the normaliser, ranks, and the rules by which kinds are combined, against numbers from numpy.
// links: metrics base
#include "metrics/combination.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEVELS = 7 };
static const double levels[LEVELS] = {0, .01, .25, .5, .75, .99, 1};

static struct quantiles of(const double *value)
{
    return (struct quantiles){levels, value, LEVELS};
}

static bool is_near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

static void the_normaliser_is_a_robust_z_of_the_logarithm(void **state)
{
    (void)state;
    const double value[LEVELS] = {.5, 1, 2, 4, 8, 32, 64};
    const struct quantiles q = of(value);
    struct normaliser z;

    assert_null(normaliser_fit(&q, true, &z));
    assert_true(z.offset == 1 && is_near(z.center, log(5)) && is_near(z.scale, log(9. / 3) / 1.349));
    assert_true(is_near(normaliser_apply(&z, 4), 0) && is_near(normaliser_apply(&z, 44), log(9) * 1.349 / log(3)));
    assert_true(is_near(normaliser_apply(&z, 0), -log(5) * 1.349 / log(3)));
}

static void ranks_and_logarithms_have_no_logarithm(void **state)
{
    (void)state;
    const double value[LEVELS] = {-2, -1, 0, 1, 2, 3, 4};
    const struct quantiles q = of(value);
    struct normaliser z;

    assert_null(normaliser_fit(&q, false, &z));
    assert_true(z.offset == 0 && z.center == 1 && is_near(z.scale, 2 / 1.349));
    assert_non_null(normaliser_fit(&q, true, &z));
}

static void a_range_of_zero_takes_wider_quantiles(void **state)
{
    (void)state;
    const double value[LEVELS] = {1, 1, 1, 1, 1, 3, 9}, zeros[LEVELS] = {0, 0, 0, 0, 0, 2, 4};
    const struct quantiles q = of(value), of_zeros = of(zeros);
    struct normaliser z;

    assert_null(normaliser_fit(&q, true, &z));
    assert_true(z.scale > 0 && is_near(z.center, log(2)));
    assert_null(normaliser_fit(&of_zeros, true, &z));
    assert_true(z.scale > 0 && is_near(z.center, log(2)) && isfinite(normaliser_apply(&z, 0)));
}

static void members_without_information_have_no_normaliser(void **state)
{
    (void)state;
    const double equal[LEVELS] = {3, 3, 3, 3, 3, 3, 3}, endless[LEVELS] = {1, 2, 3, 4, 5, 6, INFINITY};
    const struct quantiles cases[] = {of(equal), of(endless), {0}};
    struct normaliser z;

    for (int i = 0; i < 3; i++)
        assert_non_null(normaliser_fit(&cases[i], true, &z));
}

static void ranks_go_on_beyond_the_largest_error(void **state)
{
    (void)state;
    const double value[LEVELS] = {0, 1, 1, 1, 3, 5, 10};
    const struct quantiles q = of(value);

    assert_true(combination_rank(&q, true, -1) == 0 && combination_rank(&q, true, 10) == 1);
    assert_true(is_near(combination_rank(&q, true, 1), (.01 + .5) / 2)); // ties count half
    assert_true(is_near(combination_rank(&q, true, 2), .625));
    assert_true(is_near(combination_rank(&q, true, 20), 1 + log(2)) && combination_rank(&q, false, 20) == 11);
}

// Three members of two kinds without logarithm: center 0, scale 1, 2 and 1.
static const int kinds_of_three[] = {0, 0, 1};
static const struct normaliser three[] = {{.scale = 1}, {.scale = 2}, {.scale = 1}};

static float combined(enum combination_rule rule, float a, float b, float c)
{
    static const double value[LEVELS] = {0, .01, .25, .5, .75, .99, 1};
    const struct quantiles q[] = {of(value), of(value), of(value)};
    const struct combination x = {rule, 3, 2, kinds_of_three, three, q};
    const float *const error[] = {&a, &b, &c};
    float out;

    combination_scores(&x, error, 1, &out);
    return out;
}

static void each_kind_has_one_vote(void **state)
{
    (void)state;
    assert_true(combined(COMBINE_MEAN, 1, 6, 4) == 3); // ((1 + 3) / 2 + 4) / 2
    assert_true(combined(COMBINE_MAX, 1, 6, 4) == 4);  // 2 and 4
    assert_true(combined(COMBINE_LOW2, 1, 6, 4) == 3); // of two kinds, both
    assert_true(combined(COMBINE_RANK, .5f, .5f, 1) == .75f);
}

static void a_member_without_an_error_is_left_out(void **state)
{
    (void)state;
    assert_true(combined(COMBINE_MEAN, NAN, 6, 4) == 3.5f);
    assert_true(combined(COMBINE_MEAN, NAN, NAN, 4) == 4 && combined(COMBINE_LOW2, NAN, NAN, 4) == 4);
    assert_true(isnan(combined(COMBINE_MEAN, NAN, NAN, NAN)) && isnan(combined(COMBINE_LOW2, NAN, NAN, NAN)));
    assert_true(combined(COMBINE_MEAN, INFINITY, 0, 0) == INFINITY);
}

static void the_lowest_two_of_many_kinds_count(void **state)
{
    (void)state;
    enum { N = 4 };
    const int kind[N] = {0, 1, 2, 3};
    const struct normaliser z[N] = {{.scale = 1}, {.scale = 1}, {.scale = 1}, {.scale = 1}};
    const struct combination x = {COMBINE_LOW2, N, N, kind, z, NULL};
    const float a[] = {5, 1}, b[] = {2, 1}, c[] = {9, 1}, d[] = {4, -3};
    const float *const error[] = {a, b, c, d};
    float out[2];

    combination_scores(&x, error, 2, out);
    assert_true(out[0] == 3 && out[1] == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_normaliser_is_a_robust_z_of_the_logarithm),
        cmocka_unit_test(ranks_and_logarithms_have_no_logarithm),
        cmocka_unit_test(a_range_of_zero_takes_wider_quantiles),
        cmocka_unit_test(members_without_information_have_no_normaliser),
        cmocka_unit_test(ranks_go_on_beyond_the_largest_error),
        cmocka_unit_test(each_kind_has_one_vote),
        cmocka_unit_test(a_member_without_an_error_is_left_out),
        cmocka_unit_test(the_lowest_two_of_many_kinds_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
