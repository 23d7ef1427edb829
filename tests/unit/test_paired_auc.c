// DeLong's test of two areas under ROC curves: SciPy's values (tests/parity/paired_auc_reference.py), and limits.
// links: metrics kernels base
#include "../parity/paired_auc_reference.h"
#include "metrics/paired_auc.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct auc_difference difference(const float *a, const float *b, const int8_t *positive, int64_t n)
{
    struct err e = {0};
    struct auc_difference d;

    assert_int_equal(auc_compare(a, b, positive, n, &d, &e), 0);
    return d;
}

static void differences_are_those_of_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof paired_auc_references / sizeof *paired_auc_references; i++) {
        const double *wanted = paired_auc_references[i].expected;
        struct auc_difference d = difference(paired_auc_references[i].a, paired_auc_references[i].b,
            paired_auc_references[i].positive, paired_auc_references[i].n);
        const double found[] = {d.a, d.b, d.difference, d.low, d.high, d.p};
        for (int k = 0; k < 6; k++)
            assert_float_equal(found[k], wanted[k], 1e-12);
    }
}

static void equal_scores_do_not_differ(void **state)
{
    (void)state;
    const float score[] = {1, 3, 2, 5, 4};
    const int8_t positive[] = {0, 0, 1, 1, 0};
    struct auc_difference d = difference(score, score, positive, 5);

    assert_true(d.difference == 0 && d.low == 0 && d.high == 0 && d.p == 1);
    assert_true(d.a == d.b);
}

static void a_difference_without_variance_is_certain(void **state)
{
    (void)state;
    const float up[] = {1, 2, 3, 4}, down[] = {4, 3, 2, 1};
    const int8_t positive[] = {0, 0, 1, 1};
    struct auc_difference d = difference(up, down, positive, 4);

    assert_true(d.difference == 1 && d.p == 0);
}

static void one_sample_of_a_class_has_no_interval(void **state)
{
    (void)state;
    const float a[] = {1, 2, 3}, b[] = {3, 2, 1}, with_nan[] = {1, NAN, 3};
    const int8_t one[] = {0, 0, 1}, none[] = {0, 0, 0};

    struct auc_difference d = difference(a, b, one, 3);
    assert_true(d.a == 1 && d.b == 0 && d.difference == 1 && isnan(d.low) && isnan(d.p));
    d = difference(a, b, none, 3);
    assert_true(isnan(d.a) && isnan(d.difference) && isnan(d.p));
    d = difference(a, with_nan, one, 3);
    assert_true(isnan(d.b) && isnan(d.difference) && isnan(d.p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_are_those_of_scipy),
        cmocka_unit_test(equal_scores_do_not_differ),
        cmocka_unit_test(a_difference_without_variance_is_certain),
        cmocka_unit_test(one_sample_of_a_class_has_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
