// Data that cannot be loaded: each mistake is named where it stands, and nothing is owned afterwards.
// links: data store spec base
#include "dataset_fixture.h"

#include "data/data_table.h"

static int write_files(void **state)
{
    static const double x[] = {1, 5, 2, 5, NAN, 5, 4, 5};
    static const double inf[] = {1, 5, 2, INFINITY, 3, 5, 4, -INFINITY}, huge[] = {1, 1e300, 2, 1};
    static const double gone[] = {NAN, 1, NAN, 2}, flat[] = {3, 3, 3, 3};
    static const float f4[] = {1, 2, 3, 4}, holes[] = {1, NAN, NAN, 4};
    static const uint8_t image[] = {1, 2, 3, 4, 5, 6, 7, 8};
    static const int64_t label[] = {1, 1, 2, 3};
    static const char *const names[] = {"LB", "Width"}, *const swapped[] = {"Width", "LB"};
    const struct sample_split splits[] = {
        {"train", STORE_F64, 2, {4, 2}, x, label, names, "NSP", NULL},
        {"named", STORE_F64, 2, {4, 2}, x, (const int64_t[]){0, 0, 1, 2}, names, "NSP", "good\nsuspect\n"},
        {"other", STORE_F64, 2, {2, 2}, huge, (const int64_t[]){0, 1}, names, "NSP", "a, b\ngood"},
        {"swapped", STORE_F64, 2, {4, 2}, x, label, swapped, "NSP", NULL},
        {"inf", STORE_F64, 2, {4, 2}, inf, label, names, "NSP", NULL},
        {"huge", STORE_F64, 2, {2, 2}, huge, label, names, NULL, NULL},
        {"gone", STORE_F64, 2, {2, 2}, gone, NULL, names, NULL, NULL},
        {"flat", STORE_F64, 2, {2, 2}, flat, NULL, NULL, NULL, NULL},
        {"f4", STORE_F32, 2, {2, 2}, f4, NULL, NULL, NULL, NULL},
        {"holes", STORE_F32, 3, {1, 2, 2}, holes, NULL, NULL, NULL, NULL},
        {"image", STORE_U8, 3, {2, 2, 2}, image, NULL, NULL, NULL, NULL},
        {"one", STORE_U8, 2, {1, 2}, image, NULL, NULL, NULL, NULL},
        {"none", STORE_U8, 2, {0, 2}, image, NULL, NULL, NULL, NULL},
    };
    if (make_folder(state) != 0)
        return -1;
    write_file("a.h5", splits, sizeof splits / sizeof *splits);
    char path[128];
    snprintf(path, sizeof path, "%s/text.h5", folder);
    FILE *f = fopen(path, "w");
    fputs("1,2,3\n", f);
    fclose(f);
    struct err e = {0};
    snprintf(path, sizeof path, "%s/trial.h5", folder);
    struct store_file *trial = store_create(path, FORMAT_TRIAL, &e);
    return store_commit(&trial, &e);
}

static const struct {
    const char *text, *message;
} rows[] = {
    // bad
    {"  train: b.h5:train\n", "spec.yaml:2:10: data.train: no file b.h5; looked for /tmp/"},
    {"  train: text.h5:train\n", "spec.yaml:2:10: data.train: "},
    {"  train: trial.h5:train\n", "spec.yaml:2:10: data.train: "},
    {"  train: a.h5:tain\n", "spec.yaml:2:10: data.train: a.h5:tain: no split 'tain' in "},
    {"  train: a.h5:tain\n", "did you mean 'train'?"},
    {"  train: a.h5:tain\n", "allowed: f4, flat, gone, holes"},
    {"  train: a.h5:none\n", "no data: 0 rows"},
    {"  train: {from: a.h5:image, rows: [0, 2, -3]}\n",
        "spec.yaml:2:39: data.train.rows[1]: found row 2, allowed: 0..1"},
    {"  train: {from: a.h5:image, rows: [0, 2, -3]}\n", "data.train.rows[2]: found row -3"},
    {"  train: {from: a.h5:image, rows: \"2:\"}\n", "spec.yaml:2:35: data.train.rows: found no row"},
    {"  train: a.h5:train\n  where: Widht > 1\n", "spec.yaml:3:10: data.where: found no column 'Widht' in a.h5:train"},
    {"  train: a.h5:train\n  where: Widht > 1\n", "allowed: NSP, label, LB, Width; did you mean 'Width'?"},
    {"  train: {from: a.h5:f4, where: [a == 1]}\n", "data.train.where[0]: found no column 'a'"},
    {"  train: a.h5:train\n  where: [Width < 9, NSP > 3]\n", "no row of the 4 of a.h5:train passes"},
    {"  train: a.h5:train\n  fill: mean\n  normal: [1, 11]\n", "spec.yaml:4:11: data.normal: found label 11"},
    {"  train: a.h5:train\n  fill: mean\n  normal: [1, 11]\n", "allowed: 1, 2, 3"},
    {"  train: a.h5:named\n  fill: mean\n  normal: 11\n",
        "spec.yaml:4:11: data.normal: found '11', which no source has"},
    {"  train: a.h5:named\n  fill: mean\n  normal: 0\n", "allowed: '2', 'good', 'suspect'\n"},
    {"  train: a.h5:named\n  fill: mean\n  normal: [good, supsect]\n", "did you mean 'suspect'?"},
    {"  train: a.h5:named\n  where: NSP == Good\n", "spec.yaml:3:10: data.where: found 'Good', which no source has"},
    {"  train: a.h5:named\n  where: NSP == Good\n", "did you mean 'good'?"},
    {"  train: a.h5:named\n  where: label in [good, 1]\n", "found '1', which no source has as a label"},
    {"  train: a.h5:named\n  where: NSP > 1\n", "labels of a.h5:named have names, which have no order"},
    {"  train: a.h5:named\n  where: LB == good\n", "found 'good', allowed: a number, which column 'LB'"},
    {"  train: a.h5:train\n  where: NSP != good\n", "found 'good', but the labels of a.h5:train are numbers (1, 2, 3)"},
    {"  train: a.h5:train\n  fill: mean\n  normal: good\n",
        "data.normal: found 'good', but the labels of a.h5:train are"},
    {"  train: a.h5:train\n  fill: mean\n  normal: [1.5]\n", "data.normal: found '1.5', but the labels of"},
    {"  train: [a.h5:train, a.h5:inf, a.h5:other]\n",
        "spec.yaml:2:33: data.train[2]: found labels that are names ('a, b', 'good') in a.h5:other, but numbers "},
    {"  train: [a.h5:train, a.h5:inf, a.h5:other]\n",
        " (1, 2, 3) in a.h5:inf: they cannot be matched; hint: import one of them again"},
    {"  train: a.h5:train\n  fill: mean\n  normal: 1\n  test: a.h5:other\n", "data.test: found labels that are names"},
    {"  train: a.h5:f4\n  normal: [1]\n", "spec.yaml:2:10: data.train: found no labels in a.h5:f4"},
    {"  train: a.h5:f4\n  test: a.h5:image\n",
        "data.test: found rows of 2 x 2 in a.h5:image, allowed: 2 as in a.h5:f4"},
    {"  train: [a.h5:train, a.h5:swapped]\n", "data.train[1]: found column 0 'Width' in a.h5:swapped, allowed: 'LB'"},
    {"  train: a.h5:train\n",
        "a.h5:train: found 1 missing value (NaN), the first in row 2, column 'LB'; hint: data.fill"},
    {"  train: a.h5:holes\n", "found 2 missing values (NaN), the first in row 0, value (0, 1) of the row"},
    {"  train: a.h5:inf\n  fill: mean\n", "found 2 infinite values, the first in row 1, column 'Width'"},
    {"  train: a.h5:huge\n", "the value in row 0, column 'Width' is beyond the range of single precision"},
    {"  train: a.h5:gone\n  fill: mean\n", "spec.yaml:3:9: data.fill: column 'LB' is missing in every row of train"},
    {"  train: a.h5:flat\n", "all 2 rows of train are equal"},
    {"  train: a.h5:f4\n  scale: unit\n", "spec.yaml:3:10: data.scale: found values of type f4 in a.h5:f4"},
    {"  train: {from: a.h5:image, rows: [0]}\n  validation: 0.5\n", "found 1 row to split"},
    {"  train: a.h5:image\n  split: {protocol: half_in_order}\n", "found no rows known to be normal in train"},
    {"  train: {from: a.h5:image, anomaly: true}\n  split: {protocol: half_in_order}\n",
        "found 0 normal rows in train"},
};

static void names_the_mistake(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = {0};
        struct sample_spec s;
        struct data_sets sets;
        assert_int_equal(spec_open(&s, rows[i].text, &e), 0);
        if (data_load(&s.cfg, folder, &sets, &e) == 0)
            fail_msg("taken: %s", rows[i].text);
        if (!strstr(e.text, rows[i].message))
            fail_msg("%sexpected '%s', found: %s", rows[i].text, rows[i].message, e.text);
        if (e.kind != ERR_DATA)
            fail_msg("kind %d: %s", e.kind, e.text);
        assert_null(sets.files);
        assert_null(sets.train.row);
        spec_close(&s);
    }
}

static void finds_several_in_one_pass(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int count;
    } several[] = {
        {"  train: [b.h5:x, a.h5:x]\n  validation: c.h5:x\n  test: a.h5:y\n", 4},
        {"  train: [a.h5:train, a.h5:image]\n  test: [a.h5:swapped]\n  where: x < 1\n", 5},
        {"  train: a.h5:train\n  validation: a.h5:inf\n  test: [a.h5:inf, a.h5:train]\n",
            2}, // test rows may lack values
    };
    for (size_t i = 0; i < sizeof several / sizeof *several; i++) {
        struct err e = {0};
        struct sample_spec s;
        struct data_sets sets;
        spec_open(&s, several[i].text, &e);
        no_error(&e);
        assert_int_equal(data_load(&s.cfg, folder, &sets, &e), -1);
        if (e.count != several[i].count)
            fail_msg("%d messages, not %d: %s", e.count, several[i].count, e.text);
        spec_close(&s);
    }
}

static void identity_needs_the_files(void **state)
{
    (void)state;
    struct err e = {0};
    struct sample_spec s;
    spec_open(&s, "  train: b.h5:train\n  test: a.h5:tests\n", &e);
    no_error(&e);
    assert_null(data_identity(&s.cfg, folder, &e));
    assert_int_equal(e.count, 2);
    assert_int_equal(e.kind, ERR_DATA);
    spec_close(&s);
}

static void verifies_every_file(void **state)
{
    (void)state;
    struct err e = {0};
    struct sample_spec s;
    spec_open(&s, "  train: a.h5:train\n  test: {x: a.h5:f4, y: [text.h5:a, b.h5:a]}\n", &e);
    no_error(&e);
    assert_int_equal(data_verify(&s.cfg, folder, &e), -1);
    assert_int_equal(e.count, 2);
    assert_int_equal(e.kind, ERR_DATA);
    assert_non_null(strstr(e.text, "spec.yaml:3:26: data.test.y[0]: "));
    assert_non_null(strstr(e.text, "data.test.y[1]: no file b.h5"));
    spec_close(&s);
}

// Columns without names are column_N from CSV, where a label may come first, and feature_N from an array.
static void unnamed_columns_fit_each_other(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int column;
        bool fits;
    } pairs[] = {
        {"LB", "LB", 0, true}, // good
        {"column_1", "feature_1", 0, true},
        {"feature_2", "column_2", 1, true},
        {"column_3", "feature_2", 1, true},
        {"column_2", "column_2", 0, true},
        {"column_1", "column_2", 0, false}, // bad: other columns were left out
        {"feature_1", "column_1", 1, false},
        {"feature_1", "LB", 0, false},
        {"column_x", "feature_1", 0, false},
        {"column_0", "feature_1", 0, false},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_int_equal(data_feature_fits(pairs[i].a, pairs[i].b, pairs[i].column), pairs[i].fits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unnamed_columns_fit_each_other),
        cmocka_unit_test(names_the_mistake),
        cmocka_unit_test(finds_several_in_one_pass),
        cmocka_unit_test(identity_needs_the_files),
        cmocka_unit_test(verifies_every_file),
    };
    return cmocka_run_group_tests(tests, write_files, remove_folder);
}
