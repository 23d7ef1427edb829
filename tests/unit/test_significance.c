// Tests of significance: SciPy's values (tests/parity/significance_reference.py), and values computed by hand.
// links: metrics base
#include "../parity/significance_reference.h"
#include "metrics/significance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define assert_close(found, wanted)                                        \
    do {                                                                   \
        double f_ = (found), w_ = (wanted);                                \
        if (!(fabs(f_ - w_) <= 1e-9 * fabs(w_)))                           \
            fail_msg("line %d: found %.12g, not %.12g", __LINE__, f_, w_); \
    } while (0)

static void signed_ranks_are_those_of_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wilcoxon_reference / sizeof *wilcoxon_reference; i++)
        assert_close(wilcoxon_signed_rank(wilcoxon_reference[i].d, wilcoxon_reference[i].n), wilcoxon_reference[i].p);
}

static void equal_scores_are_no_difference(void **state)
{
    (void)state;
    const double zeros[3] = {0, 0, 0}, one[1] = {0.5}, five[5] = {1, 2, 3, 4, 5};

    assert_close(wilcoxon_signed_rank(zeros, 3), 1);
    assert_close(wilcoxon_signed_rank(zeros, 0), 1);
    assert_close(wilcoxon_signed_rank(one, 1), 1);
    assert_close(wilcoxon_signed_rank(five, 5), 2.0 / 32);
}

static void holm_keeps_the_order(void **state)
{
    (void)state;
    double p[] = {0.04, 0.01, 0.03, 0.5};
    const double adjusted[] = {0.09, 0.04, 0.09, 0.5};

    holm_adjust(p, 4);
    for (int i = 0; i < 4; i++)
        assert_close(p[i], adjusted[i]);
    holm_adjust(p, 0);
}

static void ties_share_their_rank(void **state)
{
    (void)state;
    const double score[] = {0.9, 0.8, 0.8, 0.7, 0.9, 0.9};
    double rank[3];

    mean_ranks(score, 2, 3, rank);
    assert_close(rank[0], (1 + 3) / 2.0);
    assert_close(rank[1], (2.5 + 1.5) / 2);
    assert_close(rank[2], (2.5 + 1.5) / 2);
}

static void critical_differences_are_those_of_scipy(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nemenyi_reference / sizeof *nemenyi_reference; i++) {
        double found =
            nemenyi_critical_difference(nemenyi_reference[i].n, nemenyi_reference[i].k, nemenyi_reference[i].alpha);
        assert_true(fabs(found - nemenyi_reference[i].difference) < 1e-6);
    }
    assert_true(isnan(nemenyi_critical_difference(0, 3, 0.05)));
    assert_true(isnan(nemenyi_critical_difference(3, 1, 0.05)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_ranks_are_those_of_scipy),
        cmocka_unit_test(equal_scores_are_no_difference),
        cmocka_unit_test(holm_keeps_the_order),
        cmocka_unit_test(ties_share_their_rank),
        cmocka_unit_test(critical_differences_are_those_of_scipy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
