// Scores of ensembles: ranks, surprises, and the rules by which kinds are combined.
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

static void members_without_information_are_refused(void **state)
{
    (void)state;
    const double equal[LEVELS] = {3, 3, 3, 3, 3, 3, 3}, endless[LEVELS] = {1, 2, 3, 4, 5, 6, INFINITY};
    const double nearly[LEVELS] = {0, 0, 0, 0, 0, 0, 1};
    const struct quantiles cases[] = {of(equal), of(endless), {0}}, good = of(nearly);

    for (int i = 0; i < 3; i++)
        assert_non_null(combination_refuse(&cases[i]));
    assert_null(combination_refuse(&good));
}

static void votes_grow_slowly_and_have_an_order(void **state)
{
    (void)state;
    assert_true(combination_vote(COMBINE_MEAN, 0) == 0 && is_near(combination_vote(COMBINE_MEAN, .5), -log(1 - .499)));
    assert_true(is_near(combination_vote(COMBINE_MEAN, 1), log(500)) &&
                is_near(combination_vote(COMBINE_MEAN, 3), log(500) + .1));
}

static void ranks_go_on_beyond_the_largest_error(void **state)
{
    (void)state;
    const double value[LEVELS] = {0, 1, 1, 1, 3, 5, 10};
    const struct quantiles q = of(value);

    assert_true(combination_rank(&q, false, -1) == 0 && combination_rank(&q, false, 10) == 1);
    assert_true(is_near(combination_rank(&q, false, 1), (.01 + .5) / 2)); // ties count half
    assert_true(is_near(combination_rank(&q, false, 2), .625));
    assert_true(is_near(combination_rank(&q, false, 20), 1 + log(2)) && combination_rank(&q, true, 20) == 11);
}

// Three members of two kinds whose rank is their error.
static const int kinds_of_three[] = {0, 0, 1};
static const bool logs_of_three[] = {true, true, true};

static float combined(enum combination_rule rule, float a, float b, float c)
{
    static const double value[LEVELS] = {0, .01, .25, .5, .75, .99, 1};
    const struct quantiles q[] = {of(value), of(value), of(value)};
    const struct combination x = {rule, 3, 2, kinds_of_three, logs_of_three, q};
    const float *const error[] = {&a, &b, &c};
    float out;

    combination_scores(&x, error, 1, &out);
    return out;
}

// Of three ranks, two of one kind.
static float of_votes(double (*join)(double, double), double a, double b, double c)
{
    double first = (combination_vote(COMBINE_MEAN, a) + combination_vote(COMBINE_MEAN, b)) / 2;
    return (float)join(first, combination_vote(COMBINE_MEAN, c));
}

static double mean_of_two(double a, double b)
{
    return (a + b) / 2;
}

static void each_kind_has_one_vote(void **state)
{
    (void)state;
    assert_true(combined(COMBINE_MEAN, .25f, .75f, .5f) == of_votes(mean_of_two, .25, .75, .5));
    assert_true(combined(COMBINE_MAX, .25f, .75f, .5f) == of_votes(fmax, .25, .75, .5));
    assert_true(combined(COMBINE_LOW2, .25f, .75f, .5f) == of_votes(mean_of_two, .25, .75, .5)); // there are two kinds
    assert_true(combined(COMBINE_RANK, .25f, .75f, 1) == .75f);
    assert_true(is_near(combination_vote(COMBINE_RANK, .5), .5) && is_near(combination_vote(COMBINE_RANK, 3), 1.1));
}

static void a_member_without_an_error_is_left_out(void **state)
{
    (void)state;
    assert_true(combined(COMBINE_RANK, NAN, .5f, .25f) == .375f && combined(COMBINE_RANK, NAN, NAN, .5f) == .5f);
    assert_true(combined(COMBINE_LOW2, NAN, NAN, .5f) == (float)combination_vote(COMBINE_MEAN, .5));
    assert_true(isnan(combined(COMBINE_MEAN, NAN, NAN, NAN)) && isnan(combined(COMBINE_LOW2, NAN, NAN, NAN)));
    assert_true(isfinite(combined(COMBINE_MEAN, INFINITY, 0, 0)));
    assert_true(combined(COMBINE_MEAN, INFINITY, 0, 0) > combined(COMBINE_MEAN, 100, 0, 0));
}

static void the_lowest_two_of_many_kinds_count(void **state)
{
    (void)state;
    enum { N = 4 };
    static const double value[LEVELS] = {0, .01, .25, .5, .75, .99, 1};
    const int kind[N] = {0, 1, 2, 3};
    const bool is_log[N] = {false};
    const struct quantiles q[N] = {of(value), of(value), of(value), of(value)};
    const struct combination x = {COMBINE_LOW2, N, N, kind, is_log, q};
    const float a[] = {.5f, .5f}, b[] = {.25f, .5f}, c[] = {.75f, .5f}, d[] = {.25f, 0};
    const float *const error[] = {a, b, c, d};
    float out[2];

    combination_scores(&x, error, 2, out);
    assert_true(out[0] == (float)combination_vote(COMBINE_MEAN, .25) &&
                out[1] == (float)(combination_vote(COMBINE_MEAN, .5) / 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_without_information_are_refused),
        cmocka_unit_test(votes_grow_slowly_and_have_an_order),
        cmocka_unit_test(ranks_go_on_beyond_the_largest_error),
        cmocka_unit_test(each_kind_has_one_vote),
        cmocka_unit_test(a_member_without_an_error_is_left_out),
        cmocka_unit_test(the_lowest_two_of_many_kinds_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
