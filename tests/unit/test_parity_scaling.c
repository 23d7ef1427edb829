// The scalings of columns next to those of scikit-learn, stored by tests/parity/scaling_reference.py.
// links: data store spec base
#include "../parity/scaling_reference.h"
#include "data/gather.h"
#include "dataset_fixture.h"

static const real *gathered(const struct dataset *d, int32_t row)
{
    static real out[8];
    dataset_gather(d, &row, 1, out);
    return out;
}

static void matches_scikit_learn(void **state)
{
    (void)state;
    const struct sample_split split = {
        "all", STORE_F64, 2, {SCALING_ROWS, SCALING_COLUMNS}, scaling_x, NULL, NULL, NULL, NULL};
    write_file("parity.h5", &split, 1);

    for (size_t i = 0; i < sizeof scaling_reference / sizeof *scaling_reference; i++) {
        bool is_robust = strcmp(scaling_reference[i].method, "robust") == 0;
        char *text =
            mem_format("  train: parity.h5:all\n  missing: ignore\n  scale: %s\n", scaling_reference[i].method);
        struct data_sets s = load(text);
        for (int c = 0; c < SCALING_COLUMNS; c++) {
            double center = scaling_reference[i].center[c], scale = scaling_reference[i].scale[c];
            if (fabs(s.scaling.shift[c] - center) > 1e-12 * fabs(center) + 1e-15)
                fail_msg("%s: center %d is %.17g, not %.17g", text, c, s.scaling.shift[c], center);
            if (is_robust && c == 4) // its quartiles are equal
                continue;
            if (fabs(1 / s.scaling.factor[c] - scale) > 1e-7 * scale * (c == 3 ? 1 : 1e-5))
                fail_msg("%s: scale %d is %.17g, not %.17g", text, c, 1 / s.scaling.factor[c], scale);
        }
        data_sets_free(&s);
        free(text);
    }
}

// Quartiles that are equal, or nearly so, say nothing: the deviation is taken.
static void robust_falls_back_to_the_deviation(void **state)
{
    (void)state;
    double x[100][4];
    for (int i = 0; i < 100; i++) {
        x[i][0] = i % 10 == 0;           // 90 of 100 equal
        x[i][1] = i < 30 ? i : 1e-3 * i; // the quartiles are close, next to the deviation
        x[i][2] = 7;
        x[i][3] = i;
    }
    const struct sample_split split = {"all", STORE_F64, 2, {100, 4}, x, NULL, NULL, NULL, NULL};
    write_file("guard.h5", &split, 1);
    struct data_sets r = load("  train: guard.h5:all\n  scale: robust\n");
    struct data_sets s = load("  train: guard.h5:all\n  scale: standard\n");
    assert_true(r.scaling.shift[0] == 0);
    assert_true(r.scaling.factor[0] == s.scaling.factor[0]);
    assert_true(r.scaling.shift[2] == 7 && r.scaling.factor[2] == 1);
    assert_true(r.scaling.shift[3] == 49.5);
    assert_float_equal(1 / r.scaling.factor[3], 49.5 / 1.349, 1e-12);
    data_sets_free(&r);
    data_sets_free(&s);
}

// Bytes are counted and other values selected: both give the same bits, for any number of rows.
static void bytes_have_the_quartiles_of_doubles(void **state)
{
    (void)state;
    static uint8_t bytes[103][3];
    static double doubles[103][3];
    for (int rows = 2; rows <= 103; rows += rows < 12 ? 1 : 13) {
        for (int i = 0; i < rows; i++)
            for (int c = 0; c < 3; c++)
                doubles[i][c] = bytes[i][c] = (uint8_t)((i * 7919 + c * 31) % (c == 2 ? 3 : 251));
        const struct sample_split splits[] = {
            {"u1", STORE_U8, 2, {rows, 3}, bytes, NULL, NULL, NULL, NULL},
            {"f8", STORE_F64, 2, {rows, 3}, doubles, NULL, NULL, NULL, NULL},
        };
        write_file("bytes.h5", splits, 2);
        struct data_sets a = load("  train: bytes.h5:u1\n  scale: {method: robust, log1p: true}\n");
        struct data_sets b = load("  train: bytes.h5:f8\n  scale: {method: robust, log1p: true}\n");
        assert_memory_equal(a.scaling.shift, b.scaling.shift, 3 * sizeof(double));
        assert_memory_equal(a.scaling.factor, b.scaling.factor, 3 * sizeof(double));
        data_sets_free(&a);
        data_sets_free(&b);
    }
}

static void rules_of_single_columns(void **state)
{
    (void)state;
    static const char *const names[] = {"price", "age", "size"};
    const double x[4][3] = {{0, 10, -1}, {9, 20, 0}, {99, 30, 1}, {999, 50, -3}};
    const struct sample_split split = {"all", STORE_F64, 2, {4, 3}, x, NULL, names, NULL, NULL};
    write_file("named.h5", &split, 1);

    struct data_sets s =
        load("  train: named.h5:all\n  test: named.h5:all\n"
             "  scale: {method: min_max, columns: {price: log1p, size: {method: none, clip: [-2, 0.5]}}}\n");
    double log_mean = (log(10) + log(100) + log(1000)) / 4; // log1p(0) is 0
    assert_float_equal(s.scaling.shift[0], log_mean, 1e-14);
    assert_true(gathered(&s.train, 0)[1] == 0);
    assert_true(gathered(&s.train, 3)[1] == 1);
    assert_true(gathered(&s.train, 0)[2] == -1);
    assert_true(gathered(&s.train, 2)[2] == 0.5F);
    assert_true(gathered(&s.test[0], 3)[2] == -2);

    // and back
    float row[3], back[3];
    for (int32_t i = 0; i < 4; i++) {
        for (int c = 0; c < 3; c++)
            row[c] = (float)gathered(&s.train, i)[c];
        scaling_invert(&s.scaling, -1, row, back);
        assert_float_equal(back[0], x[i][0], 1e-4 * (1 + x[i][0]));
        assert_float_equal(back[1], x[i][1], 1e-5);
    }

    struct scaling copy;
    scaling_copy(&copy, &s.scaling);
    assert_memory_equal(copy.takes_log, s.scaling.takes_log, 3 * sizeof *copy.takes_log);
    assert_true(copy.low[2] == -2 && copy.high[2] == 0.5);
    scaling_free(&copy);
    data_sets_free(&s);
}

// The logarithm is defined for all values, so that test rows below 0 keep an error.
static void logarithm_of_any_value(void **state)
{
    (void)state;
    static const double values[] = {0, 1e-300, 1, 1e300, -1, -0.5, -1e300};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double x = values[i], y = scaling_log(x);
        assert_true(isfinite(y) && scaling_log(-x) == -y);
        assert_float_equal(scaling_exp(y) / (x != 0 ? x : 1), x != 0 ? 1 : 0, 1e-12);
    }
    assert_true(isnan(scaling_log(NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_scikit_learn),
        cmocka_unit_test(robust_falls_back_to_the_deviation),
        cmocka_unit_test(bytes_have_the_quartiles_of_doubles),
        cmocka_unit_test(rules_of_single_columns),
        cmocka_unit_test(logarithm_of_any_value),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
