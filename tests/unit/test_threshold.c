// Rules for thresholds: their grammar, scipy's values (stored by tests/parity/threshold_reference.py), and values
// computed by hand.
// links: score data metrics kernels base
#include "../parity/threshold_reference.h"
#include "base/mem.h"
#include "metrics/threshold.h"
#include "score/threshold_choice.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void rules_are_parsed_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text, *written; // NULL: bad
    } rules[] = {
        {"quantile=0.99", "quantile=0.99"},   // good
        {"quantile", "quantile=0.95"},        // good
        {"share=0.25", "share=0.25"},         // good
        {"mad", "mad=3.5"},                   // good
        {"mean_std=3", "mean_std=3"},         // good
        {"pot", "pot=0.001"},                 // good
        {"pot=1e-4", "pot=0.0001"},           // good
        {"conformal=0.05", "conformal=0.05"}, // good
        {"best_f1", "best_f1"},               // good
        {"0.02", "0.02"},                     // good
        {"1e-7", "1e-07"},                    // good
        {"-3", "-3"},                         // good
        {"", NULL},                           // bad
        {"mode", NULL},                       // bad
        {"quantiles=0.9", NULL},              // bad
        {"quantile=", NULL},                  // bad
        {"quantile=1.5", NULL},               // bad
        {"quantile=nan", NULL},               // bad
        {"pot=0", NULL},                      // bad
        {"pot=0.5", NULL},                    // bad
        {"conformal=1", NULL},                // bad
        {"mad=-1", NULL},                     // bad
        {"mad=3x", NULL},                     // bad
        {"best_f1=1", NULL},                  // bad
        {"inf", NULL},                        // bad
        {"=3", NULL},                         // bad
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct threshold_rule rule;
        char why[256] = "", text[48];
        bool is_good = threshold_rule_parse(rules[i].text, &rule, why);
        if (is_good != (rules[i].written != NULL))
            fail_msg("'%s': %s", rules[i].text, why);
        if (is_good)
            assert_string_equal(threshold_rule_text(text, &rule), rules[i].written);
        else
            assert_non_null(strstr(why, "allowed: "));
    }
}

static void pareto_fits_are_scipys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pareto_fits / sizeof *pareto_fits; i++) {
        struct pareto found = pareto_fit(pareto_fits[i].excess, pareto_fits[i].n);
        if (!(fabs(found.shape - pareto_fits[i].shape) < 1e-5) ||
            !(fabs(found.scale / pareto_fits[i].scale - 1) < 1e-5))
            fail_msg("fit %zu: %.9g, %.9g, not %.9g, %.9g", i, found.shape, found.scale, pareto_fits[i].shape,
                pareto_fits[i].scale);
    }
}

static void equal_excesses_have_a_fit(void **state)
{
    (void)state;
    double y[30];
    for (int i = 0; i < 30; i++)
        y[i] = 2;
    struct pareto found = pareto_fit(y, 30);
    assert_true(isfinite(found.shape) && found.scale > 0);
}

static void benjamini_hochberg_is_scipys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof false_discoveries / sizeof *false_discoveries; i++)
        assert_int_equal(benjamini_hochberg(p_values, sizeof p_values / sizeof *p_values, false_discoveries[i].alpha),
            false_discoveries[i].rejected);
    assert_int_equal(benjamini_hochberg(NULL, 0, 0.05), 0);
}

// Fills a reference from errors 0, 1, ..., n - 1.
static struct reference count_up(int n)
{
    struct reference r = {0};
    struct err e = {0};
    double ignored;
    float *error = mem_new((size_t)n, sizeof *error);
    for (int i = 0; i < n; i++)
        error[i] = (float)i;
    assert_int_equal(reference_add_errors(&r, error, n, 0.95, &ignored, &e), 0);
    free(error);
    return r;
}

static double choose(const char *text, const struct reference *r, const struct judged *judged)
{
    struct threshold_rule rule;
    struct err e = {0};
    char why[256];
    double threshold;
    assert_true(threshold_rule_parse(text, &rule, why));
    if (threshold_choose(&rule, r, judged, &threshold, &e) != 0)
        fail_msg("%s: %s", text, e.text);
    return threshold;
}

static void rules_give_known_thresholds(void **state)
{
    (void)state;
    struct reference r = count_up(1001);
    const float error[] = {5, 2000, NAN, 7, 3000, 6, 1, 2, 3, 4, 8};
    const int8_t is_anomaly[] = {0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    struct judged none = {0}, ten = {error, is_anomaly, 11};

    assert_true(choose("quantile=0.99", &r, &none) == 990);
    assert_true(fabs(choose("mad=2", &r, &none) - (500 + 2 * 1.482602218505602 * 250)) < 1e-9);
    assert_true(fabs(choose("mean_std=3", &r, &none) - (500 + 3 * sqrt((1001.0 * 1001 - 1) / 12))) < 1e-9);
    assert_true(choose("17.5", &r, &none) == 17.5);
    assert_true(isnan(choose("best_f1", &r, &none)));
    assert_true(choose("best_f1", &r, &ten) == 1004);
    assert_true(fabs(choose("share=0.2", &r, &ten) - 406.4) < 1e-9); // of 10: between the eighth and the ninth
    assert_true(choose("share=0.01", &r, &none) == 990);
    // p = 1 / 1002 twice, at most 0.05 * 2 / 10; of 8: 994 / 1002
    assert_true(choose("conformal=0.05", &r, &ten) == 1004);
    assert_true(choose("conformal=0.004", &r, &ten) == 3000); // nothing is above
    reference_free(&r);
}

static void pot_extrapolates_the_tail(void **state)
{
    (void)state;
    enum { N = 20000 };
    struct reference r = {0};
    struct err e = {0};
    double ignored;
    float *error = mem_new(N, sizeof *error);
    for (int i = 0; i < N; i++) // exponential: P(error > x) = exp(-x)
        error[i] = (float)-log((i + 0.5) / N);
    reference_add_errors(&r, error, N, 0.95, &ignored, &e);
    double found = choose("pot=1e-5", &r, &(struct judged){0});
    if (fabs(found - -log(1e-5)) > 0.6)
        fail_msg("%g, not %g", found, -log(1e-5));
    assert_true(fabs(choose("pot=0.01", &r, &(struct judged){0}) - -log(0.01)) < 0.01);
    reference_free(&r);
    free(error);
}

static void pot_needs_errors(void **state)
{
    (void)state;
    struct reference few = count_up(12), none = {0};
    struct threshold_rule pot = {THRESHOLD_POT, 1e-3}, mad = {THRESHOLD_MAD, 3};
    struct err e = {0};
    double ignored;
    assert_int_equal(threshold_choose(&pot, &few, &(struct judged){0}, &ignored, &e), -1);
    assert_non_null(strstr(e.text, "found 12 calibration errors, allowed: at least 21"));
    e = (struct err){0};
    assert_int_equal(threshold_choose(&mad, &none, &(struct judged){0}, &ignored, &e), -1);
    assert_non_null(strstr(e.text, "no reference errors"));
    reference_free(&few);
}

static void p_values_count_calibration_errors(void **state)
{
    (void)state;
    struct reference r = count_up(1001);
    assert_true(reference_p_value(&r, 2000) == 1.0 / 1002);
    assert_true(reference_p_value(&r, 1000) == 2.0 / 1002);
    assert_true(reference_p_value(&r, 999.5) == 2.0 / 1002);
    assert_true(fabs(reference_p_value(&r, 500) - 501.5 / 1002) < 1e-3);
    assert_true(reference_p_value(&r, -1) == 1);
    reference_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_are_parsed_and_written),
        cmocka_unit_test(pareto_fits_are_scipys),
        cmocka_unit_test(equal_excesses_have_a_fit),
        cmocka_unit_test(benjamini_hochberg_is_scipys),
        cmocka_unit_test(rules_give_known_thresholds),
        cmocka_unit_test(pot_extrapolates_the_tail),
        cmocka_unit_test(pot_needs_errors),
        cmocka_unit_test(p_values_count_calibration_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
