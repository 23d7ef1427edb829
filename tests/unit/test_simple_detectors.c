// Simple detectors next to their definitions, an isolation forest next to scikit-learn's, and the difference of two
// areas under the ROC curve next to the placements of all pairs.
// links: score train metrics data comm nn kernels store spec base
#include "../parity/forest_reference.h"
#include "base/random.h"
#include "data/gather.h"
#include "dataset_fixture.h"
#include "metrics/metrics.h"
#include "metrics/paired_auc.h"
#include "score/score.h"
#include "score/simple_detector.h"

enum { FOREST_ROWS = FOREST_TRAIN + FOREST_NORMAL + FOREST_ODD, FOREST_TEST = FOREST_NORMAL + FOREST_ODD };

// The formula of forest_reference.py.
static int write_rows(void **state)
{
    static float x[FOREST_ROWS * FOREST_COLUMNS];
    if (make_folder(state) != 0)
        return -1;

    for (int64_t i = 0; i < FOREST_ROWS; i++)
        for (int64_t j = 0; j < FOREST_COLUMNS; j++) {
            double u = (double)((i * 7919 + j * 104729 + i * i * (31 + j)) % 1009) / 1009;
            x[i * FOREST_COLUMNS + j] = (float)(i >= FOREST_TRAIN + FOREST_NORMAL ? u * 1.5 - 0.25 : u);
        }
    const struct sample_split splits[] = {
        {"train", STORE_F32, 2, {FOREST_TRAIN, FOREST_COLUMNS}, x, NULL, NULL, NULL, NULL},
        {"test", STORE_F32, 2, {FOREST_TEST, FOREST_COLUMNS}, x + FOREST_TRAIN * FOREST_COLUMNS, NULL, NULL, NULL,
            NULL},
    };
    write_file("f.h5", splits, 2);
    return 0;
}

static double detector_auc(enum detector kind, const struct data_sets *s, float **scores)
{
    struct err e = {0};
    int8_t is_odd[FOREST_TEST];
    double auc = NAN;

    for (int i = 0; i < FOREST_TEST; i++)
        is_odd[i] = i >= FOREST_NORMAL;
    struct simple_detector *d = detector_fit(kind, &s->train, 2, &e);
    *scores = detector_scores(d, &s->test[0], &e);
    assert_int_equal(evaluate_baseline(*scores, is_odd, FOREST_TEST, &auc, &e), 0);
    detector_free(&d);
    no_error(&e);
    return auc;
}

static void forests_are_as_good_as_those_of_scikit_learn(void **state)
{
    (void)state;
    float *scores;
    struct data_sets s = load("  train: f.h5:train\n  test: f.h5:test\n");
    double auc = detector_auc(DETECTOR_ISOLATION_FOREST, &s, &scores);

    assert_float_equal(auc, forest_auc_mean, 3 * forest_auc_deviation);
    for (int i = 0; i < FOREST_TEST; i++)
        assert_true(scores[i] > 0 && scores[i] < 1);
    free(scores);
    data_sets_free(&s);
}

static void detectors_follow_their_definitions(void **state)
{
    (void)state;
    float *scores;
    struct data_sets s = load("  train: f.h5:train\n  test: f.h5:test\n  scale: standard\n");

    assert_true(detector_auc(DETECTOR_MEAN_DISTANCE, &s, &scores) > 0.7);
    for (int i = 0; i < FOREST_TEST; i++) { // after standard scaling the mean is 0
        real x[FOREST_COLUMNS];
        double sum = 0;
        dataset_gather(&s.test[0], &(int32_t){i}, 1, x);
        for (int j = 0; j < FOREST_COLUMNS; j++)
            sum += (double)x[j] * (double)x[j];
        assert_float_equal(scores[i], sqrt(sum), 1e-5);
    }
    free(scores);
    assert_true(detector_auc(DETECTOR_NEIGHBOURS, &s, &scores) > 0.7);
    free(scores);
    assert_true(detector_auc(DETECTOR_PCA, &s, &scores) > 0.55);
    free(scores);
    data_sets_free(&s);
}

// --- the difference of two areas

// The share of anomalies and normal samples that a score orders as it should.
static double placement_of(const float *score, const int8_t *is_anomaly, int n, int i)
{
    double right = 0, count = 0;

    for (int j = 0; j < n; j++)
        if (is_anomaly[j] != is_anomaly[i]) {
            float high = is_anomaly[i] ? score[i] : score[j], low = is_anomaly[i] ? score[j] : score[i];
            right += high > low ? 1 : 0;
            right += high == low ? 0.5 : 0;
            count++;
        }
    return right / count;
}

static void differences_have_the_variance_of_delong(void **state)
{
    (void)state;
    enum { N = 60 };
    struct err e = {0};
    float a[N], b[N];
    int8_t is_anomaly[N];
    double sum[2] = {0}, squares[2] = {0}, count[2] = {0};

    for (int i = 0; i < N; i++) {
        struct random_block u = random_at(3, RANDOM_NOISE, 0, (uint64_t)i);
        is_anomaly[i] = i % 4 == 0;
        a[i] = floorf(8 * random_unit(u.v[0]) + 3 * (float)is_anomaly[i]); // with ties
        b[i] = floorf(8 * random_unit(u.v[1]) + 2 * (float)is_anomaly[i] + a[i] / 2);
    }
    for (int i = 0; i < N; i++) {
        double d = placement_of(a, is_anomaly, N, i) - placement_of(b, is_anomaly, N, i);
        sum[is_anomaly[i]] += d;
        squares[is_anomaly[i]] += d * d;
        count[is_anomaly[i]]++;
    }
    double variance = 0;
    for (int k = 0; k < 2; k++)
        variance += (squares[k] - sum[k] * sum[k] / count[k]) / (count[k] - 1) / count[k];

    struct auc_difference found;
    assert_int_equal(auc_compare(a, b, is_anomaly, N, &found, &e), 0);
    assert_float_equal(found.difference, sum[1] / count[1], 1e-12);
    assert_float_equal(found.high - found.difference, 1.959963984540054 * sqrt(variance), 1e-12);
    assert_float_equal(found.difference - found.low, 1.959963984540054 * sqrt(variance), 1e-12);

    assert_int_equal(auc_compare(a, a, is_anomaly, N, &found, &e), 0);
    assert_true(found.difference == 0 && found.low == 0 && found.high == 0);
    memset(is_anomaly, 0, sizeof is_anomaly);
    assert_int_equal(auc_compare(a, b, is_anomaly, N, &found, &e), 0);
    assert_true(isnan(found.difference) && isnan(found.low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forests_are_as_good_as_those_of_scikit_learn),
        cmocka_unit_test(detectors_follow_their_definitions),
        cmocka_unit_test(differences_have_the_variance_of_delong),
    };
    return cmocka_run_group_tests(tests, write_rows, remove_folder);
}
