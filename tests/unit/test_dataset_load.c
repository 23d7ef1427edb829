// Loading of data sets: statistics computed by hand, selection, splits, scaling, provenance.
// links: data store spec base
#include "data/gather.h"
#include "dataset_fixture.h"

static const char *const names[] = {"LB", "AC", "Width"};
static const double table[] = {
    1, 5, 0,   //
    2, 5, 1,   //
    NAN, 5, 2, //
    4, 5, 3,   //
    2, 5, 4,   //
    10, 5, 5,  //
};
static const int64_t labels[] = {1, 1, 1, 2, 1, 3};

static const uint8_t bytes[] = {0, 255, 7, 9, 51, 102, 7, 200, 17, 3, 7, 0};          // (4, 3)
static const int16_t shorts[] = {0, 255, 7, 9, 51, 102, 7, 200, 17, 3, 7, 0};         // the same values
static const float floats[] = {0.1f, -3, 7, 1e-3f, 51.7f, 2, 7, 200, 17, 3, 7, 1e6f}; // (4, 3)
static const double doubles[] = {NAN, 1, 1, 2, NAN, 2};                               // (2, 3)

static int write_files(void **state)
{
    static const int64_t byte_labels[] = {0, 1, 0, 2};
    const struct sample_split ctg = {"all", STORE_F64, 2, {6, 3}, table, labels, names, "NSP", NULL};
    const struct sample_split images[] = {
        {"u1", STORE_U8, 2, {4, 3}, bytes, byte_labels, NULL, NULL, NULL},
        {"i2", STORE_I16, 2, {4, 3}, shorts, byte_labels, NULL, NULL, NULL},
        {"f4", STORE_F32, 2, {4, 3}, floats, NULL, NULL, NULL, NULL},
        {"f8", STORE_F64, 2, {2, 3}, doubles, NULL, NULL, NULL, NULL},
    };
    if (make_folder(state) != 0)
        return -1;
    write_file("ctg.h5", &ctg, 1);
    write_file("images.h5", images, 4);
    return 0;
}

// The values of row i as they are gathered; columns <= 8. Overwritten by the next call.
static const real *gathered(const struct dataset *d, int32_t i)
{
    static real out[8];
    dataset_gather(d, &i, 1, out);
    return out;
}

static void fills_with_statistics_of_train(void **state)
{
    (void)state;
    static const struct {
        const char *fill;
        double value;
    } rows[] = {{"mean", 3.75}, {"median", 2}, {"mode", 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text =
            mem_format("  train: ctg.h5:all\n  test: ctg.h5:all\n  where: NSP != 2\n  fill: %s\n", rows[i].fill);
        struct data_sets s = load(text);
        assert_int_equal(s.train.rows, 5);
        assert_true(s.scaling.fill[0] == rows[i].value);
        assert_true(gathered(&s.train, 2)[0] == (float)rows[i].value);
        assert_true(gathered(&s.test[0], 2)[0] == (float)rows[i].value);
        assert_null(s.scaling.factor);
        data_sets_free(&s);
        free(text);
    }
    // of two values in the middle the mean, of modes the smallest
    struct data_sets s = load("  train: {from: ctg.h5:all, rows: [0, 1, 2, 3, 5]}\n  fill: median\n");
    assert_true(s.scaling.fill[0] == 3);
    data_sets_free(&s);
    s = load("  train: {from: ctg.h5:all, rows: [5, 3, 2, 0]}\n  fill: mode\n");
    assert_true(s.scaling.fill[0] == 1);
    data_sets_free(&s);
}

static void scales_with_statistics_of_train(void **state)
{
    (void)state;
    // LB 1, 2, 2 (filled), 2, 10: mean 3.4, variance 11.04; Width 0, 1, 2, 4, 5: mean 2.4, variance 3.44
    struct data_sets s =
        load("  train: ctg.h5:all\n  where: NSP != 2\n  fill: median\n  scale: standard\n  test: ctg.h5:all\n");
    assert_float_equal(s.scaling.shift[0], 3.4, 1e-15);
    assert_float_equal(1 / s.scaling.factor[0], sqrt(11.04), 1e-14);
    assert_float_equal(1 / s.scaling.factor[2], sqrt(3.44), 1e-14);
    assert_true(s.scaling.factor[1] == 1);
    assert_true(gathered(&s.train, 4)[1] == 0);
    assert_float_equal(gathered(&s.train, 4)[0], 6.6 / sqrt(11.04), 1e-7);
    data_sets_free(&s);

    s = load("  train: ctg.h5:all\n  where: NSP != 2\n  fill: mean\n  scale: min_max\n");
    assert_true(gathered(&s.train, 0)[0] == 0);
    assert_true(gathered(&s.train, 4)[0] == 1);
    assert_float_equal(gathered(&s.train, 2)[0], 2.75 / 9, 1e-7);
    assert_true(gathered(&s.train, 2)[1] == 0);
    assert_float_equal(gathered(&s.train, 3)[2], 0.8, 1e-7);
    data_sets_free(&s);

    s = load("  train: images.h5:u1\n  scale: unit\n");
    assert_true(s.scaling.bytes_only);
    assert_float_equal(gathered(&s.train, 1)[1], 0.2, 1e-7);
    assert_true(gathered(&s.train, 0)[1] == 1);
    data_sets_free(&s);
}

// The mean of equal values may be rounded; a constant column must still give exact zeros.
static void constant_columns_become_zero(void **state)
{
    (void)state;
    double x[300];
    for (int i = 0; i < 300; i++)
        x[i] = i % 3 == 0 ? 0.1 : i % 3 == 1 ? 1e15 + 0.3 : i;
    const struct sample_split split = {"all", STORE_F64, 2, {100, 3}, x, NULL, NULL, NULL, NULL};
    write_file("constant.h5", &split, 1);
    static const char *const scales[] = {"standard", "min_max"};
    for (int k = 0; k < 2; k++) {
        char *text = mem_format("  train: constant.h5:all\n  scale: %s\n", scales[k]);
        struct data_sets s = load(text);
        for (int32_t i = 0; i < 100; i++) {
            assert_true(gathered(&s.train, i)[0] == 0);
            assert_true(gathered(&s.train, i)[1] == 0);
            assert_true(isfinite(gathered(&s.train, i)[2]));
        }
        data_sets_free(&s);
        free(text);
    }
}

static void selects_rows_and_joins_sources(void **state)
{
    (void)state;
    struct data_sets s = load("  train: [{from: images.h5:u1, rows: \"1:\"}, {from: images.h5:i2, rows: [-1, 0]}]\n"
                              "  validation: {from: images.h5:u1, rows: \"::3\"}\n"
                              "  test: {one: images.h5:f4, two: [images.h5:f4, images.h5:u1]}\n");
    static const int64_t index[] = {1, 2, 3, 3, 0}, label[] = {1, 0, 2, 2, 0};
    assert_int_equal(s.train.rows, 5);
    assert_memory_equal(s.train.index, index, sizeof index);
    assert_memory_equal(s.train.label, label, sizeof label);
    assert_int_equal(s.train.source[2], 0);
    assert_int_equal(s.train.source[3], 1);
    assert_int_equal(s.train.sources[0].rows, 3);
    assert_string_equal(s.train.sources[1].name, "images.h5:i2");
    assert_int_equal(strlen(s.train.sources[1].checksum), 16);
    assert_null(dataset_label_name(&s.train, 0));
    assert_null(s.train.is_anomaly);
    assert_int_equal(s.train.shape_rank, 1);
    assert_int_equal(s.train.shape[0], 3);
    for (int c = 0; c < 3; c++) {
        assert_true(gathered(&s.train, 0)[c] == bytes[3 + c]);
        assert_true(gathered(&s.train, 3)[c] == shorts[9 + c]);
    }
    assert_int_equal(s.validation.rows, 2);
    assert_int_equal(s.validation.index[1], 3);
    assert_int_equal(s.n_test, 2);
    assert_string_equal(s.test[1].name, "two");
    assert_null(s.test[1].label); // not every source has labels
    assert_int_equal(s.test[1].rows, 8);
    data_sets_free(&s);
}

static void filters_by_label_and_by_feature(void **state)
{
    (void)state;
    struct data_sets s = load("  train: {from: ctg.h5:all, where: Width >= 1}\n  test: ctg.h5:all\n"
                              "  where: [\"label in [1, 3]\", LB < 10]\n");
    static const int64_t train[] = {1, 4}, test[] = {0, 1, 4}; // a missing LB is not below 10
    assert_int_equal(s.train.rows, 2);
    assert_memory_equal(s.train.index, train, sizeof train);
    assert_int_equal(s.test[0].rows, 3);
    assert_memory_equal(s.test[0].index, test, sizeof test);
    assert_string_equal(s.train.features[2], "Width");
    data_sets_free(&s);
}

static void one_class_keeps_normal_rows(void **state)
{
    (void)state;
    struct data_sets s =
        load("  train: images.h5:u1\n  validation: images.h5:i2\n  test: images.h5:u1\n  normal: [0]\n");
    static const int8_t anomalies[] = {0, 1, 0, 1};
    assert_int_equal(s.train.rows, 2);
    assert_int_equal(s.train.index[1], 2);
    assert_int_equal(s.validation.rows, 2);
    assert_memory_equal(s.test[0].is_anomaly, anomalies, 4);
    data_sets_free(&s);
}

static void marks_anomalies_by_source(void **state)
{
    (void)state;
    struct data_sets s = load("  train: images.h5:f4\n"
                              "  test:\n"
                              "    marked: [images.h5:u1, {from: images.h5:f4, rows: [0], anomaly: true}]\n"
                              "    half: [images.h5:u1, {from: images.h5:f4, rows: [0], anomaly: false}]\n"
                              "    clean: {from: images.h5:f4, rows: [0], anomaly: false}\n");
    static const int8_t marked[] = {0, 0, 0, 0, 1}, clean[] = {0};
    assert_memory_equal(s.test[0].is_anomaly, marked, sizeof marked);
    assert_null(s.test[1].is_anomaly);
    assert_memory_equal(s.test[2].is_anomaly, clean, sizeof clean);
    data_sets_free(&s);
    s = load(
        "  train: images.h5:u1\n  normal: [0, 1, 2]\n  test: [images.h5:u1, {from: images.h5:u1, rows: [0], anomaly: "
        "true}]\n");
    assert_memory_equal(s.test[0].is_anomaly, marked, sizeof marked);
    data_sets_free(&s);
}

// --- splits

enum { SPLIT_ROWS = 100 };

static void write_split_file(void)
{
    float x[SPLIT_ROWS];
    int64_t label[SPLIT_ROWS], few[15];
    for (int i = 0; i < SPLIT_ROWS; i++) {
        x[i] = (float)i;
        label[i] = i % 10 < 7 ? -5 : i % 10 < 9 ? 0 : 3; // 70, 20, 10
    }
    for (int i = 0; i < 15; i++)
        few[i] = i / 5;
    const struct sample_split splits[] = {
        {"all", STORE_F32, 2, {SPLIT_ROWS, 1}, x, label, NULL, NULL, NULL},
        {"few", STORE_F32, 2, {15, 1}, x, few, NULL, NULL, NULL},
        {"each", STORE_F32, 2, {15, 1}, x, (const int64_t[]){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, NULL,
            NULL, NULL},
    };
    write_file("split.h5", splits, 3);
}

static int count_label(const struct dataset *d, int64_t label)
{
    int n = 0;
    for (int64_t i = 0; i < d->rows; i++)
        n += d->label[i] == label;
    return n;
}

static void assert_parts(const struct dataset *const *parts, int n, int64_t rows)
{
    int seen[SPLIT_ROWS] = {0};
    int64_t total = 0;
    for (int k = 0; k < n; k++)
        for (int64_t i = 0; i < parts[k]->rows; i++, total++) {
            assert_int_equal(seen[parts[k]->index[i]]++, 0);
            assert_true(i == 0 || parts[k]->index[i] > parts[k]->index[i - 1]);
            assert_true(gathered(parts[k], (int32_t)i)[0] == (float)parts[k]->index[i]);
        }
    assert_int_equal(total, rows);
}

static void splits_are_stratified(void **state)
{
    (void)state;
    write_split_file();
    struct data_sets s = load("  train: split.h5:all\n  split: {test: 0.3, seed: 7}\n  validation: 0.1\n");
    assert_int_equal(count_label(&s.test[0], -5), 21);
    assert_int_equal(count_label(&s.test[0], 0), 6);
    assert_int_equal(count_label(&s.test[0], 3), 3);
    assert_string_equal(s.test[0].name, "test");
    assert_int_equal(s.validation.rows, 7); // of 49, 14 and 7: 4.9, 1.4, 0.7
    assert_int_equal(count_label(&s.validation, -5), 5);
    assert_int_equal(count_label(&s.validation, 0), 1);
    assert_int_equal(count_label(&s.validation, 3), 1);
    assert_parts((const struct dataset *[]){&s.train, &s.validation, &s.test[0]}, 3, SPLIT_ROWS);
    data_sets_free(&s);

    s = load("  train: split.h5:few\n  split: {test: 0.3}\n"); // 1.5 of each of three: 5 in all
    assert_int_equal(s.test[0].rows, 5);
    for (int label = 0; label < 3; label++)
        assert_in_range(count_label(&s.test[0], label), 1, 2);
    data_sets_free(&s);
}

static void splits_follow_the_seed_alone(void **state)
{
    (void)state;
    write_split_file();
    struct data_sets a = load("  train: split.h5:all\n  split: {test: 0.3, seed: 7}\n  validation: 0.1\n");
    struct data_sets b = load("  train: split.h5:all\n  split: {test: 0.3, seed: 7}\n  scale: standard\n");
    struct data_sets c = load("  train: split.h5:all\n  split: {test: 0.3, seed: 8}\n");
    size_t size = 30 * sizeof *a.test[0].index;
    assert_memory_equal(a.test[0].index, b.test[0].index, size);
    assert_memory_not_equal(a.test[0].index, c.test[0].index, size);
    data_sets_free(&a);
    data_sets_free(&b);
    data_sets_free(&c);

    // labels that occur once are drawn by lot, not by their order
    a = load("  train: split.h5:each\n  split: {test: 0.3, seed: 1}\n");
    b = load("  train: split.h5:each\n  split: {test: 0.3, seed: 2}\n");
    assert_int_equal(a.test[0].rows, 5);
    assert_memory_not_equal(a.test[0].index, b.test[0].index, 5 * sizeof *a.test[0].index);
    data_sets_free(&a);
    data_sets_free(&b);
}

// How many of the two test sets' rows are the same.
static int common_rows(const struct dataset *a, const struct dataset *b)
{
    int n = 0;
    for (int64_t i = 0; i < a->rows; i++)
        for (int64_t j = 0; j < b->rows; j++)
            n += a->index[i] == b->index[j];
    return n;
}

static void draws_are_independent(void **state)
{
    (void)state;
    write_split_file();
    struct data_sets a = load("  train: split.h5:all\n  split: {test: 0.3}\n");
    struct data_sets b = load("  train: split.h5:all\n  validation: 0.3\n");
    assert_int_equal(a.test[0].rows, b.validation.rows);
    assert_in_range(common_rows(&a.test[0], &b.validation), 0, 29);
    data_sets_free(&a);
    data_sets_free(&b);

    // labels take turns here: the rows drawn of one are not those drawn of the other
    float x[SPLIT_ROWS];
    int64_t label[SPLIT_ROWS];
    for (int i = 0; i < SPLIT_ROWS; i++) {
        x[i] = (float)i;
        label[i] = i % 2;
    }
    const struct sample_split turns = {"all", STORE_F32, 2, {SPLIT_ROWS, 1}, x, label, NULL, NULL, NULL};
    write_file("turns.h5", &turns, 1);
    a = load("  train: turns.h5:all\n  split: {test: 0.5}\n");
    int pairs = 0;
    for (int i = 1; i < 50; i++)
        pairs += a.test[0].index[i] / 2 == a.test[0].index[i - 1] / 2;
    assert_in_range(pairs, 1, 24);
    data_sets_free(&a);
}

static void one_class_splits_before_it_drops(void **state)
{
    (void)state;
    write_split_file();
    struct data_sets s = load("  train: split.h5:all\n  normal: -5\n  split: {test: 0.3}\n");
    assert_int_equal(s.train.rows, 49);
    assert_int_equal(s.test[0].rows, 30);
    int anomalies = 0;
    for (int i = 0; i < 30; i++)
        anomalies += s.test[0].is_anomaly[i];
    assert_int_equal(anomalies, 9);
    data_sets_free(&s);
}

// --- where values lie

static void assert_same_rows(const struct dataset *a, const struct dataset *b, int32_t offset)
{
    real row[8];
    for (int32_t i = 0; i < a->rows; i++) {
        memcpy(row, gathered(a, i), sizeof row);
        assert_memory_equal(row, gathered(b, i + offset), (size_t)a->columns * sizeof *row);
    }
}

static void mapped_and_converted_rows_have_the_same_bits(void **state)
{
    (void)state;
    static const char *const scales[] = {"none", "standard", "min_max"};
    for (int k = 0; k < 3; k++) {
        char *text =
            mem_format("  train: images.h5:u1\n  test: [images.h5:u1, images.h5:i2]\n  scale: %s\n", scales[k]);
        struct data_sets s = load(text);
        assert_int_equal(s.train.type, DATASET_U8);
        assert_null(s.train.values);
        assert_int_equal(s.test[0].type, DATASET_F32);
        assert_non_null(s.test[0].values);
        assert_same_rows(&s.train, &s.test[0], 0);
        assert_same_rows(&s.train, &s.test[0], 4);
        data_sets_free(&s);
        free(text);
        text = mem_format(
            "  train: images.h5:f4\n  test: [images.h5:f8, images.h5:f4]\n  scale: %s\n  fill: mean\n", scales[k]);
        s = load(text);
        assert_int_equal(s.train.type, DATASET_F32);
        assert_null(s.train.values);
        assert_non_null(s.test[0].values);
        assert_same_rows(&s.train, &s.test[0], 2);
        data_sets_free(&s);
        free(text);
    }
}

static void sets_share_one_mapping(void **state)
{
    (void)state;
    struct data_sets s = load("  train: images.h5:u1\n  validation: 0.5\n  test: {from: images.h5:u1, rows: [2, 0]}\n");
    const char *base = (const char *)s.test[0].row[1];
    assert_ptr_equal(s.test[0].row[0], base + 6);
    for (int i = 0; i < 2; i++) {
        assert_ptr_equal(s.train.row[i], base + 3 * s.train.index[i]);
        assert_ptr_equal(s.validation.row[i], base + 3 * s.validation.index[i]);
    }
    data_sets_free(&s);
}

static void new_data_takes_an_old_scaling(void **state)
{
    (void)state;
    struct err e = {0};
    struct data_sets s = load("  train: images.h5:u1\n  scale: standard\n"), fresh;
    struct data_source source;
    char *name = mem_format("%s/images.h5:i2", folder);
    data_source_parse(name, NULL, &source, &e);
    const struct data_part part = {"new", &source, 1};
    data_load_new(&part, &s.scaling, 1, (const int[]){3}, &fresh, &e);
    no_error(&e);
    assert_same_rows(&s.train, &fresh.test[0], 0);
    data_sets_free(&fresh);
    assert_int_equal(data_load_new(&part, &s.scaling, 2, (const int[]){3, 1}, &fresh, &e), -1);
    assert_non_null(strstr(e.text, "found rows of 3"));
    e = (struct err){0};
    s.scaling.bytes_only = 1;
    assert_int_equal(data_load_new(&part, &s.scaling, 1, (const int[]){3}, &fresh, &e), -1);
    assert_non_null(strstr(e.text, "type i2"));
    data_source_free(&source);
    data_sets_free(&s);
    free(name);
}

static char *identity(const char *text)
{
    struct err e = {0};
    struct sample_spec s;
    struct text t = {0};
    spec_open(&s, text, &e);
    struct node *n = data_identity(&s.cfg, folder, &e);
    no_error(&e);
    node_emit(n, &t);
    node_free(&n);
    spec_close(&s);
    return t.data;
}

static void identity_follows_the_data(void **state)
{
    (void)state;
    static const int64_t other_labels[] = {1, 1, 1, 2, 1, 1};
    const struct sample_split same = {"other", STORE_F64, 2, {6, 3}, table, labels, names, "NSP", NULL};
    const struct sample_split other = {"all", STORE_F64, 2, {6, 3}, table, other_labels, names, "NSP", NULL};
    write_file("same.h5", &same, 1);
    write_file("relabelled.h5", &other, 1);
    char *a = identity("  train: ctg.h5:all\n"), *b = identity("  train: same.h5:other\n");
    char *c = identity("  train: relabelled.h5:all\n"), *d = identity("  train: ctg.h5:all\n  scale: standard\n");
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_string_not_equal(a, d);
    assert_null(strstr(a, "ctg"));
    free(a);
    free(b);
    free(c);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_with_statistics_of_train),
        cmocka_unit_test(scales_with_statistics_of_train),
        cmocka_unit_test(constant_columns_become_zero),
        cmocka_unit_test(selects_rows_and_joins_sources),
        cmocka_unit_test(filters_by_label_and_by_feature),
        cmocka_unit_test(one_class_keeps_normal_rows),
        cmocka_unit_test(marks_anomalies_by_source),
        cmocka_unit_test(splits_are_stratified),
        cmocka_unit_test(splits_follow_the_seed_alone),
        cmocka_unit_test(draws_are_independent),
        cmocka_unit_test(one_class_splits_before_it_drops),
        cmocka_unit_test(mapped_and_converted_rows_have_the_same_bits),
        cmocka_unit_test(sets_share_one_mapping),
        cmocka_unit_test(new_data_takes_an_old_scaling),
        cmocka_unit_test(identity_follows_the_data),
    };
    return cmocka_run_group_tests(tests, write_files, remove_folder);
}
