// Quantiles of values and of tables, and the summary of a model's errors, against values computed by hand.
// links: score data metrics kernels base
#include "base/mem.h"
#include "score/reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void sorting_orders_signs_and_infinities(void **state)
{
    (void)state;
    struct err e = {0};
    float v[] = {3, -1, INFINITY, 0, -INFINITY, 1e-40f, -0.0f, 3, -1e30f};
    const float sorted[] = {-INFINITY, -1e30f, -1, 0, 0, 1e-40f, 3, 3, INFINITY};
    assert_int_equal(values_sort(v, 9, &e), 0);
    assert_memory_equal(v, sorted, sizeof v);
    assert_int_equal(values_sort(v, 0, &e), 0);
}

static void quantiles_of_values_are_numpys(void **state)
{
    (void)state;
    const float v[] = {1, 2, 4, 8}, inf[] = {1, INFINITY, INFINITY};
    assert_true(sorted_quantile(v, 4, 0) == 1 && sorted_quantile(v, 4, 1) == 8);
    assert_true(sorted_quantile(v, 4, 0.5) == 3);
    assert_true(sorted_quantile(v, 4, 0.25) == 1.75);
    assert_true(sorted_quantile(inf, 3, 0) == 1 && isinf(sorted_quantile(inf, 3, 0.9)));
    assert_true(isnan(sorted_quantile(v, 0, 0.5)));
}

static void a_table_gives_values_and_shares(void **state)
{
    (void)state;
    const double level[] = {0, 0.25, 0.5, 0.75, 1}, value[] = {1, 2, 2, 6, 10}, none[] = {NAN, NAN, NAN, NAN, NAN};
    struct quantiles q = {level, value, 5}, empty = {level, none, 5}, unknown = {0};
    double upper;

    assert_true(quantiles_value(&q, 0) == 1 && quantiles_value(&q, 1) == 10);
    assert_true(quantiles_value(&q, 0.125) == 1.5 && quantiles_value(&q, 0.625) == 4);
    assert_true(quantiles_share(&q, 0, &upper) == 0 && upper == 0);
    assert_true(quantiles_share(&q, 1, &upper) == 0 && upper == 0);
    assert_true(quantiles_share(&q, 4, &upper) == 0.625 && upper == 0.625);
    assert_true(quantiles_share(&q, 2, &upper) == 0.25 && upper == 0.5); // a tie: a jump of the distribution
    assert_true(quantiles_share(&q, 10, &upper) == 1 && upper == 1);
    assert_true(quantiles_share(&q, 11, NULL) == 1);
    assert_true(isnan(quantiles_share(&q, NAN, NULL)));
    assert_true(isnan(quantiles_share(&empty, 1, NULL)) && isnan(quantiles_value(&empty, 0.5)));
    assert_true(isnan(quantiles_share(&unknown, 1, NULL)) && isnan(quantiles_value(&unknown, 0.5)));
}

static void a_constant_column_is_one_jump(void **state)
{
    (void)state;
    const double level[] = {0, 0.5, 1}, value[] = {7, 7, 7};
    struct quantiles q = {level, value, 3};
    double upper;
    assert_true(quantiles_share(&q, 7, &upper) == 0 && upper == 1);
    assert_true(quantiles_share(&q, 6, &upper) == 0 && upper == 0);
    assert_true(quantiles_share(&q, 8, &upper) == 1 && upper == 1);
}

static void the_share_above_does_not_count_ties(void **state)
{
    (void)state;
    double level[] = {0, 0.25, 0.5, 0.75, 1}, error[] = {1, 2, 2, 6, 9};
    float largest[] = {9, 9, 6};
    struct reference r = {.rows = 10, .levels = 5, .level = level, .error = error, .largest = largest, .n_largest = 3};
    struct reference earlier = {.rows = 10, .levels = 5, .level = level, .error = error}, unknown = {0};

    assert_true(reference_share_above(&r, 9) == 0 && reference_share_above(&r, 10) == 0);
    assert_true(reference_share_above(&r, 8) == 0.2 && reference_share_above(&r, 6) == 0.2);
    assert_true(reference_share_above(&r, 2) == 0.5); // not among the largest errors: by the quantiles
    assert_true(reference_share_above(&r, 0) == 1);
    assert_true(reference_share_above(&earlier, 9) == 0 && reference_share_above(&earlier, 6) == 0.25);
    assert_true(isnan(reference_share_above(&unknown, 2)));
}

static void errors_are_summarized(void **state)
{
    (void)state;
    enum { N = 2001 };
    struct reference r = {0};
    struct err e = {0};
    float *error = mem_new(N, sizeof *error);
    double threshold;
    for (int i = 0; i < N; i++)
        error[i] = (float)(i * 7 % N); // 0 to 2000 in another order

    assert_int_equal(reference_add_errors(&r, error, N, 0.95, &threshold, &e), 0);
    assert_true(threshold == 1900);
    assert_true(r.rows == N && r.mean == 1000 && r.median == 1000 && r.mad == 500);
    assert_true(fabs(r.deviation - sqrt((N * (double)N - 1) / 12)) < 1e-9);
    assert_int_equal(r.n_largest, 100);
    assert_true(r.largest[0] == 2000 && r.largest[99] == 1901);
    struct quantiles q = reference_errors(&r);
    assert_true(quantiles_value(&q, 0.05) == 100);

    // exact among the largest and at a level, between levels on the line
    assert_true(reference_quantile(&r, 1) == 2000 && fabs(reference_quantile(&r, 0.98765) - 1975.3) < 1e-9);
    assert_true(fabs(reference_quantile(&r, 0.12) - 240) < 1e-9);

    assert_int_equal(reference_add_validation(&r, (float[]){1, NAN, 3}, 3, &e), 0);
    assert_true(r.validation_error[0] == 1 && r.validation_error[r.levels - 1] == 3);
    reference_free(&r);
    free(error);
}

static void few_and_infinite_errors_are_kept(void **state)
{
    (void)state;
    struct reference r = {0};
    struct err e = {0};
    double threshold;
    assert_int_equal(reference_add_errors(&r, (float[]){INFINITY, 1, 2}, 3, 0.5, &threshold, &e), 0);
    assert_true(threshold == 2 && r.n_largest == 3 && isinf(r.largest[0]) && r.median == 2 && r.mad == 1);
    reference_free(&r);

    assert_int_equal(reference_add_errors(&r, (float[]){5}, 1, 0.5, &threshold, &e), 0);
    assert_true(threshold == 5 && r.deviation == 0 && r.mad == 0 && reference_quantile(&r, 0.3) == 5);
    reference_free(&r);
}

static void columns_leave_out_missing_values(void **state)
{
    (void)state;
    struct reference r = {0};
    struct err e = {0};
    double threshold;
    const float values[] = {1, NAN, NAN, 3, 4, NAN, 2, 8, NAN}; // (3, 3)
    reference_add_errors(&r, (float[]){5}, 1, 0.5, &threshold, &e);
    r.value = reference_column_quantiles(&r, values, 3, 3, &e);
    r.columns = 3;
    struct quantiles first = reference_values(&r, 0), second = reference_values(&r, 1), third = reference_values(&r, 2);
    assert_true(quantiles_value(&first, 0.5) == 2 && quantiles_value(&first, 1) == 3);
    assert_true(quantiles_value(&second, 0.5) == 6 && quantiles_value(&second, 0) == 4);
    assert_true(isnan(quantiles_value(&third, 0.5)));
    assert_int_equal(reference_feature_errors(&r, 0).n, 0);
    reference_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorting_orders_signs_and_infinities),
        cmocka_unit_test(quantiles_of_values_are_numpys),
        cmocka_unit_test(a_table_gives_values_and_shares),
        cmocka_unit_test(a_constant_column_is_one_jump),
        cmocka_unit_test(the_share_above_does_not_count_ties),
        cmocka_unit_test(errors_are_summarized),
        cmocka_unit_test(few_and_infinite_errors_are_kept),
        cmocka_unit_test(columns_leave_out_missing_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
