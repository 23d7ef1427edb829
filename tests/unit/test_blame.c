// The features that explain an error: the largest shares, and shares that several models add up.
// links: apply
#include "apply/blame.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near_float(float found, double expected)
{
    assert_true(fabs((double)found - expected) < 1e-6);
}

static void largest_shares_of_a_sum(void **state)
{
    const float errors[] = {1, 0, 4, 2, 3}, none[] = {0, 0, 0};
    struct blame_share top[BLAME_TOP];
    (void)state;

    blame_largest(errors, 5, top);
    assert_int_equal(top[0].thing, 2);
    near_float(top[0].share, 0.4);
    assert_int_equal(top[1].thing, 4);
    assert_int_equal(top[2].thing, 3);
    near_float(top[2].share, 0.2);

    blame_largest(none, 3, top);
    assert_int_equal(top[0].thing, -1);
    assert_true(isnan(top[0].share));
}

// Each model's errors are divided by their sum, so that a model with large errors has no more influence than another.
static void shares_of_models_are_added_by_weight(void **state)
{
    const real x[] = {0, 0, 0}, small[] = {1, 1, 0}, large[] = {0, 100, (real)(100 * 1.7320508)};
    struct blame plain = {.values = 3, .n = 3};
    float weight[] = {1, 3, 1}, share[3] = {0}, room[3];
    struct blame weighted = {.values = 3, .n = 3, .weight = weight};
    (void)state;

    blame_add_shares(&plain, &(struct blamed_row){x, small, 0.75}, share, room); // 1/2, 1/2, 0
    blame_add_shares(&plain, &(struct blamed_row){x, large, 0.25}, share, room); // 0, 1/4, 3/4
    near_float(share[0], 0.375);
    near_float(share[1], 0.4375);
    near_float(share[2], 0.1875);

    blame_add_shares(&weighted, &(struct blamed_row){x, small, 1}, share, room); // 1/4, 3/4, 0
    near_float(share[1], 0.4375 + 0.75);
}

static void a_row_without_error_adds_nothing(void **state)
{
    const real x[] = {1, NAN, 2}, same[] = {1, 5, 2}, endless[] = {INFINITY, 5, 2};
    struct blame b = {.values = 3, .n = 3};
    float share[3] = {0.5F, 0.25F, 0}, room[3];
    (void)state;

    blame_add_shares(&b, &(struct blamed_row){x, same, 1}, share, room);
    blame_add_shares(&b, &(struct blamed_row){x, endless, 1}, share, room);
    near_float(share[0], 0.5);
    near_float(share[1], 0.25);
    near_float(share[2], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(largest_shares_of_a_sum),
        cmocka_unit_test(shares_of_models_are_added_by_weight),
        cmocka_unit_test(a_row_without_error_adds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
