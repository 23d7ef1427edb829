// Metrics against scikit-learn, scipy and numpy (stored by tests/parity/metrics_reference.py), and at their limits.
// links: metrics kernels base
#include "../parity/metrics_reference.h"
#include "kernels/kernels.h"
#include "metrics/metrics.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

enum { REFERENCES = sizeof references / sizeof *references, UNITS = 11 };

// 1e-12, relative where above 1; NaN equals NaN.
#define assert_near(found, wanted, what, which)                                         \
    do {                                                                                \
        double f_ = (found), w_ = (wanted);                                             \
        if (!(isnan(f_) && isnan(w_)) && !(fabs(f_ - w_) <= 1e-12 * fmax(1, fabs(w_)))) \
            fail_msg("%s of %s: %.17g, not %.17g", what, which, f_, w_);                \
    } while (0)

static struct ranking *rank(const float *score, const int8_t *positive, int64_t n)
{
    struct err e = {0};
    struct ranking *r = ranking_new(score, positive, n, &e);
    assert_non_null(r);
    return r;
}

static void check_ranking(const struct reference *f, const struct ranking *r)
{
    struct roc_auc roc = ranking_roc_auc(r);
    assert_near(roc.auc, f->roc[0], "ROC AUC", f->name);
    assert_near(roc.variance, f->roc[1], "variance", f->name);
    assert_near(roc.low, f->roc[2], "low end", f->name);
    assert_near(roc.high, f->roc[3], "high end", f->name);
    assert_int_equal(roc.positives + roc.negatives, f->n);
    assert_near(ranking_average_precision(r), f->average_precision, "average precision", f->name);
    for (int i = 0; i < REFERENCE_COUNTS; i++)
        assert_near(ranking_precision_at(r, reference_count[i]), f->precision_at[i], "precision@n", f->name);
    for (int i = 0; i < REFERENCE_QUANTILES; i++)
        assert_near(ranking_quantile(r, reference_q[i]), f->quantile[i], "quantile", f->name);
}

// The best F1 is scikit-learn's, and its threshold reaches it.
static void check_best_f1(const struct reference *f, const struct ranking *r)
{
    struct best_f1 best = ranking_best_f1(r);
    assert_near(best.f1, f->best_f1, "best F1", f->name);
    if (isnan(best.f1))
        return;
    struct confusion c = ranking_confusion(r, best.threshold);
    assert_near(confusion_classification(&c).anomaly.f1, f->best_f1, "F1 at its threshold", f->name);
}

static void check_class(const struct class_metrics *c, const double wanted[3], const char *name)
{
    assert_near(c->precision, wanted[0], "precision", name);
    assert_near(c->recall, wanted[1], "recall", name);
    assert_near(c->f1, wanted[2], "F1", name);
}

static void check_threshold(const struct reference *f, const struct ranking *r)
{
    struct confusion c = ranking_confusion(r, f->threshold);
    assert_int_equal(c.true_positives, f->confusion[0]);
    assert_int_equal(c.false_positives, f->confusion[1]);
    assert_int_equal(c.true_negatives, f->confusion[2]);
    assert_int_equal(c.false_negatives, f->confusion[3]);
    struct classification k = confusion_classification(&c);
    check_class(&k.normal, f->classification, f->name);
    check_class(&k.anomaly, f->classification + 3, f->name);
    check_class(&k.macro, f->classification + 6, f->name);
    check_class(&k.weighted, f->classification + 9, f->name);
    assert_near(k.accuracy, f->accuracy, "accuracy", f->name);
    assert_int_equal(k.weighted.support, f->n);
    assert_int_equal(k.anomaly.support, r->positives);
}

static void test_reference(void **state)
{
    const struct reference *f = *state;
    struct ranking *r = rank(f->score, f->positive, f->n);
    check_ranking(f, r);
    check_best_f1(f, r);
    check_threshold(f, r);
    assert_near(mean_std_threshold(f->score, f->n, 3), f->mean_plus_3_std, "mean + 3 std", f->name);
    ranking_free(&r);
    assert_null(r);

    double rho;
    struct err e = {0};
    assert_int_equal(spearman(f->score, f->other, f->n, &rho, &e), 0);
    assert_near(rho, f->spearman, "Spearman", f->name);
    assert_near(max_abs_difference(f->score, f->other, f->n), f->max_abs_difference, "difference", f->name);
}

static const float *scores_to_compare;
static int by_score(const void *a, const void *b)
{
    int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
    float x = scores_to_compare[i], y = scores_to_compare[j];
    return x > y ? -1 : x < y ? 1 : (i > j) - (i < j);
}

// The radix sort gives the order of a comparing sort, with ties, both signs, zeros and infinities.
static void test_order(void **state)
{
    (void)state;
    enum { N = 5000 };
    static float score[N];
    static int8_t positive[N];
    static int32_t order[N];
    uint32_t random = 1;
    for (int i = 0; i < N; i++) {
        random = random * 1664525u + 1013904223u;
        score[i] = i % 997 == 0 ? INFINITY : (float)((int)(random >> 16) - 30000) * (i % 3 ? 1e-3f : 0x1p-130f);
        positive[i] = (int8_t)(random >> 9 & 1 ? -1 : 0); // any value but 0 is an anomaly
        order[i] = i;
    }
    scores_to_compare = score;
    qsort(order, N, sizeof *order, by_score);
    struct ranking *r = rank(score, positive, N);
    assert_memory_equal(r->order, order, sizeof order);
    int64_t g = 0, hits = 0;
    for (int i = 0; i < N; i++) {
        g += i && score[order[i]] != score[order[i - 1]];
        hits += positive[order[i]] != 0;
        assert_true(r->score[g] == score[order[i]]);
        assert_true(r->above[g] > i);
        if (r->above[g] == i + 1)
            assert_int_equal(r->hits[g], hits);
    }
    assert_int_equal(r->groups, g + 1);
    assert_int_equal(r->above[g], N);
    assert_int_equal(r->positives, hits);
    ranking_free(&r);
}

static void test_empty(void **state)
{
    (void)state;
    struct ranking *r = rank(NULL, NULL, 0);
    assert_true(isnan(ranking_roc_auc(r).auc));
    assert_true(isnan(ranking_average_precision(r)));
    assert_true(isnan(ranking_precision_at(r, 1)));
    assert_true(isnan(ranking_best_f1(r).f1));
    assert_true(isnan(ranking_quantile(r, 0.5)));
    assert_true(isnan(mean_std_threshold(NULL, 0, 1)));
    struct confusion c = ranking_confusion(r, 0);
    assert_int_equal(c.true_positives + c.false_positives + c.true_negatives + c.false_negatives, 0);
    assert_true(confusion_classification(&c).accuracy == 0);
    ranking_free(&r);
    ranking_free(&r); // NULL-safe
}

// A diverged model's NaN: metrics say so, the sample leads the order and is called anomalous.
static void test_nan(void **state)
{
    (void)state;
    const float score[] = {0.1f, -NAN, INFINITY, NAN, 0.3f};
    const int8_t positive[] = {0, 1, 0, 0, 1};
    struct ranking *r = rank(score, positive, 5);
    const int32_t order[] = {1, 3, 2, 4, 0};
    assert_memory_equal(r->order, order, sizeof order);
    assert_int_equal(r->nans, 2);
    assert_true(isnan(ranking_roc_auc(r).auc));
    assert_int_equal(ranking_roc_auc(r).positives, 2);
    assert_true(isnan(ranking_average_precision(r)));
    assert_true(isnan(ranking_best_f1(r).threshold));
    assert_true(isnan(ranking_quantile(r, 0.5)));
    struct confusion c = ranking_confusion(r, 0.2);
    assert_int_equal(c.true_positives, 2);
    assert_int_equal(c.false_positives, 2);
    assert_int_equal(c.true_negatives, 1);
    ranking_free(&r);

    double rho = 0;
    struct err e = {0};
    assert_int_equal(spearman(score, score, 5, &rho, &e), 0);
    assert_true(isnan(rho));
    assert_true(isnan(max_abs_difference(score, score, 5)));
}

// Correlations by hand: a and b 0.8, a and c -1, b and c -0.8. Constant scores and NaN do not count.
static void test_mean_rank_correlations(void **state)
{
    (void)state;
    enum { N = 5, SAMPLES = 4 };
    const float score[N][SAMPLES] = {{1, 2, 3, 4}, {10, 20, 40, 30}, {7, 7, 7, 7}, {-1, -2, -3, -4}, {1, NAN, 2, 3}};
    const double wanted[N] = {-0.1, 0, NAN, -0.9, NAN};
    float rank[N][SAMPLES];
    struct rank_vector v[N];
    double mean[N];
    struct err e = {0};

    for (int i = 0; i < N; i++) {
        v[i].rank = rank[i];
        assert_int_equal(rank_vector_set(score[i], SAMPLES, &v[i], &e), 0);
    }
    assert_int_equal(mean_rank_correlations(v, N, SAMPLES, mean, &e), 0);
    for (int i = 0; i < N; i++)
        assert_near(mean[i], wanted[i], "mean correlation", "five vectors");

    assert_int_equal(mean_rank_correlations(v, 1, SAMPLES, mean, &e), 0);
    assert_true(isnan(mean[0]));
    assert_int_equal(mean_rank_correlations(v, 2, SAMPLES, mean, &e), 0);
    assert_true(mean[0] == mean[1]); // a pair agrees as well with each other
}

// With ties, the mean over many vectors is that of all single correlations.
static void test_mean_of_all_pairs(void **state)
{
    (void)state;
    enum { N = 7, SAMPLES = 50 };
    static float score[N][SAMPLES], rank[N][SAMPLES];
    struct rank_vector v[N];
    double mean[N];
    struct err e = {0};

    for (int i = 0; i < N; i++) {
        for (int k = 0; k < SAMPLES; k++)
            score[i][k] = (float)((k * k * (i + 3) + 7 * i * k) % 23);
        v[i].rank = rank[i];
        assert_int_equal(rank_vector_set(score[i], SAMPLES, &v[i], &e), 0);
    }
    assert_int_equal(mean_rank_correlations(v, N, SAMPLES, mean, &e), 0);

    for (int i = 0; i < N; i++) {
        double sum = 0, rho;
        for (int k = 0; k < N; k++)
            if (k != i) {
                assert_int_equal(spearman(score[i], score[k], SAMPLES, &rho, &e), 0);
                sum += rho;
            }
        assert_true(fabs(mean[i] - sum / (N - 1)) <= 1e-9);
    }
}

// A score equal to the threshold is normal; infinities take part like numbers.
static void test_threshold_is_exclusive(void **state)
{
    (void)state;
    const float score[] = {1, 2, 2, 3, INFINITY};
    const int8_t positive[] = {0, 0, 1, 1, 1};
    struct ranking *r = rank(score, positive, 5);
    assert_int_equal(ranking_confusion(r, 2).true_positives, 2);
    assert_int_equal(ranking_confusion(r, 2).false_positives, 0);
    assert_int_equal(ranking_confusion(r, 1.9999).true_positives, 3);
    assert_int_equal(ranking_confusion(r, INFINITY).true_negatives, 2);
    assert_int_equal(ranking_confusion(r, -INFINITY).false_positives, 2);
    assert_true(ranking_best_f1(r).threshold == 1.5);
    assert_true(ranking_quantile(r, 1) == INFINITY);
    assert_true(ranking_quantile(r, 0.75) == 3);
    ranking_free(&r);

    const int8_t only_last[] = {0, 0, 0, 0, 1};
    r = rank(score, only_last, 5);
    assert_true(ranking_best_f1(r).f1 == 1);
    assert_true(ranking_best_f1(r).threshold == 3);
    ranking_free(&r);
}

// Of two thresholds that reach the best F1 the higher one is chosen: fewer alarms.
static void test_best_f1_tie(void **state)
{
    (void)state;
    const float score[] = {8, 7, 6, 5};
    const int8_t positive[] = {1, 0, 0, 1}; // F1 2/3 with one alarm, and with all four
    struct ranking *r = rank(score, positive, 4);
    assert_near(ranking_best_f1(r).f1, 2.0 / 3, "best F1", "a tie");
    assert_true(ranking_best_f1(r).threshold == 7.5);
    ranking_free(&r);
}

// The lowest score of all is 0 and everything must be called anomalous: the threshold was -5e-324, which a thread that
// flushes denormal numbers takes for 0.
static void test_best_f1_below_zero(void **state)
{
    (void)state;
    const float score[] = {0, 0, 0};
    const int8_t positive[] = {1, 0, 1};
    fenv_t before;

    fegetenv(&before);
    flush_denormals();
    struct ranking *r = rank(score, positive, 3);
    struct best_f1 best = ranking_best_f1(r);
    assert_near(best.f1, 0.8, "best F1", "equal scores of 0");
    assert_true(
        best.threshold < 0 && fabs(best.threshold) >= FLT_MIN && (double)(float)best.threshold == best.threshold);
    struct confusion c = ranking_confusion(r, best.threshold);
    fesetenv(&before);
    assert_int_equal(c.true_positives, 2);
    assert_int_equal(c.false_positives, 1);
    ranking_free(&r);
}

// Without a threshold nothing is called anomalous.
static void test_nan_threshold_calls_nothing(void **state)
{
    (void)state;
    const float score[] = {1, 2, NAN};
    const int8_t positive[] = {0, 1, 1};
    struct ranking *r = rank(score, positive, 3);
    struct confusion c = ranking_confusion(r, NAN);

    assert_int_equal(c.true_positives + c.false_positives, 0);
    assert_int_equal(c.true_negatives, 1);
    assert_int_equal(c.false_negatives, 2);
    ranking_free(&r);
}

// Infinite scores are called as they are compared: no threshold lies below -INFINITY.
static void test_best_f1_of_infinities(void **state)
{
    (void)state;
    const float score[] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    const int8_t last_too[] = {1, 1, 1, 1};
    struct ranking *r = rank(score, last_too, 4);
    struct best_f1 best = ranking_best_f1(r);
    struct confusion c = ranking_confusion(r, best.threshold);

    assert_int_equal(c.true_positives, 2);
    assert_near(confusion_classification(&c).anomaly.f1, best.f1, "F1 at its threshold", "infinities");
    ranking_free(&r);

    r = rank(score + 2, last_too, 2);
    assert_true(isnan(ranking_best_f1(r).threshold));
    ranking_free(&r);
}

static void test_too_many(void **state)
{
    (void)state;
    struct err e = {0};
    assert_null(ranking_new(NULL, NULL, (int64_t)INT32_MAX + 1, &e));
    assert_int_equal(e.kind, ERR_DATA);
}

int main(void)
{
    struct CMUnitTest tests[REFERENCES + UNITS] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_nan),
        cmocka_unit_test(test_threshold_is_exclusive),
        cmocka_unit_test(test_mean_rank_correlations),
        cmocka_unit_test(test_mean_of_all_pairs),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_best_f1_tie),
        cmocka_unit_test(test_best_f1_below_zero),
        cmocka_unit_test(test_nan_threshold_calls_nothing),
        cmocka_unit_test(test_best_f1_of_infinities),
    };
    for (int i = 0; i < REFERENCES; i++)
        tests[UNITS + i] = (struct CMUnitTest){
            .name = references[i].name, .test_func = test_reference, .initial_state = (void *)&references[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
