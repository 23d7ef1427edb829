// Change of a distribution: known values, ties, rounding, few values.
// links: metrics base
#include "metrics/drift.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { LEVELS = 11 };
static const double deciles[LEVELS] = {0, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1};

// Measures `n` values against the quantiles.
static struct drift measure(const double *quantile, const float *values, int n)
{
    struct quantiles q = {deciles, quantile, LEVELS};
    struct drift_table t;
    drift_table_init(&t, &q);
    drift_table_count(&t, values, n);
    struct drift d = drift_table_measure(&t, deciles);
    drift_table_free(&t);
    return d;
}

static void equal_distributions_have_no_change(void **state)
{
    (void)state;
    const double quantile[LEVELS] = {0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000};
    float v[1000];
    for (int i = 0; i < 1000; i++)
        v[i] = (float)i + 0.5f;
    struct drift d = measure(quantile, v, 1000);
    assert_true(d.n == 1000 && fabs(d.ks) < 1e-12 && fabs(d.psi) < 1e-12);
}

static void a_shift_has_known_values(void **state)
{
    (void)state;
    const double quantile[LEVELS] = {0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000};
    float v[1000];
    for (int i = 0; i < 1000; i++)
        v[i] = (float)i + 300.5f; // the first three bins are empty, the last one has 40 %
    struct drift d = measure(quantile, v, 1000);
    assert_true(fabs(d.ks - 0.3) < 1e-12);
    double psi = 3 * (1e-4 - .1) * log(1e-4 / .1) + (.4 - .1) * log(.4 / .1);
    assert_true(fabs(d.psi - psi) < 1e-9);
}

static void ties_are_no_change(void **state)
{
    (void)state;
    const double quantile[LEVELS] = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2}; // 65 % zeros, 33 % ones, 2 % twos
    float v[100];
    for (int i = 0; i < 100; i++)
        v[i] = (float)((i >= 65) + (i >= 98));
    struct drift d = measure(quantile, v, 100);
    assert_true(d.ks == 0 && fabs(d.psi) < 1e-9);
    for (int i = 0; i < 100; i++)
        v[i] = (float)((i >= 20) + (i >= 98));
    d = measure(quantile, v, 100);
    assert_true(fabs(d.ks - 0.4) < 1e-12 && d.psi > 0.25); // level 0.6 is a zero, but only 20 % are
}

static void rounded_quantiles_are_ties(void **state)
{
    (void)state;
    double quantile[LEVELS];
    float v[100];
    for (int i = 0; i < LEVELS; i++)
        quantile[i] = 0.3 * (1 + 1e-8 * (i % 3 - 1)) + (i == LEVELS - 1);
    for (int i = 0; i < 100; i++)
        v[i] = i == 99 ? 1.3f : 0.3f;
    struct drift d = measure(quantile, v, 100);
    assert_true(d.ks == 0 && fabs(d.psi) < 1e-9);
}

static void few_values_and_unknown_tables_say_nothing(void **state)
{
    (void)state;
    const double quantile[LEVELS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, none[LEVELS] = {NAN};
    float v[100] = {0};
    assert_true(isnan(measure(quantile, v, DRIFT_VALUES - 1).ks));
    assert_true(fabs(measure(quantile, v, DRIFT_VALUES).ks - 0.9) < 1e-12); // 1 is at level 0.1
    assert_true(isnan(measure(none, v, 100).psi));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_distributions_have_no_change),
        cmocka_unit_test(a_shift_has_known_values),
        cmocka_unit_test(ties_are_no_change),
        cmocka_unit_test(rounded_quantiles_are_ties),
        cmocka_unit_test(few_values_and_unknown_tables_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
