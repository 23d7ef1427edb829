// Splits by the protocols of published comparisons: which rows train, and which test.
// links: data store spec base
#include "dataset_fixture.h"

enum { PROTOCOL_ROWS = 100 };

// Rows 0 to 99. Of each ten, the first seven are normal, with label 0.
static int write_protocol_file(void **state)
{
    float x[PROTOCOL_ROWS];
    int64_t label[PROTOCOL_ROWS];
    if (make_folder(state) != 0)
        return -1;

    for (int i = 0; i < PROTOCOL_ROWS; i++) {
        x[i] = (float)i;
        label[i] = i % 10 < 7 ? 0 : 1 + i % 2;
    }
    const struct sample_split split = {"all", STORE_F32, 2, {PROTOCOL_ROWS, 1}, x, label, NULL, NULL, NULL};
    write_file("p.h5", &split, 1);
    return 0;
}

static int64_t count_normal(const struct dataset *d)
{
    int64_t n = 0;

    for (int64_t i = 0; i < d->rows; i++)
        n += d->label[i] == 0;
    return n;
}

// With 70 normal rows of 100, both protocols train on 35 and test on the other 65. Each set keeps the order of the
// file.
static void protocols_train_on_half_of_the_normal_rows(void **state)
{
    (void)state;
    static const char *const splits[] = {
        "{protocol: half_in_order}", "{protocol: half_shuffled, seed: 1}", "{protocol: half_shuffled, seed: 2}"};
    struct data_sets s[3];

    for (int k = 0; k < 3; k++) {
        char *text = mem_format("  train: p.h5:all\n  normal: [0]\n  split: %s\n", splits[k]);
        s[k] = load(text);
        free(text);
        int seen[PROTOCOL_ROWS] = {0};
        const struct dataset *const sets[] = {&s[k].train, &s[k].test[0]};
        for (int p = 0; p < 2; p++)
            for (int64_t i = 0; i < sets[p]->rows; i++) {
                assert_int_equal(seen[sets[p]->index[i]]++, 0);
                assert_true(i == 0 || sets[p]->index[i] > sets[p]->index[i - 1]);
            }
        assert_int_equal(s[k].train.rows, 35);
        assert_int_equal(count_normal(&s[k].train), 35);
        assert_int_equal(s[k].test[0].rows, 65);
        assert_int_equal(count_normal(&s[k].test[0]), 35);
    }

    assert_int_equal(s[0].train.index[34], 46); // five tens have 35 normal rows
    size_t bytes = 35 * sizeof *s[0].train.index;
    assert_memory_not_equal(s[0].train.index, s[1].train.index, bytes);
    assert_memory_not_equal(s[1].train.index, s[2].train.index, bytes);
    for (int k = 0; k < 3; k++)
        data_sets_free(&s[k]);
}

// Of five normal rows, three train. Anomalies may also come from a source that is marked.
static void protocols_round_half_up(void **state)
{
    (void)state;
    struct data_sets s = load("  train: [{from: p.h5:all, rows: \"50:60\", anomaly: true}, {from: p.h5:all, rows: "
                              "\"0:5\", anomaly: false}]\n  split: {protocol: half_in_order}\n");

    assert_int_equal(s.train.rows, 3);
    assert_int_equal(s.train.index[2], 2);
    assert_int_equal(s.test[0].rows, 12);
    data_sets_free(&s);
}

// A validation set is taken from the half that trains.
static void validation_comes_from_the_training_half(void **state)
{
    (void)state;
    struct data_sets s =
        load("  train: p.h5:all\n  normal: [0]\n  split: {protocol: half_in_order}\n  validation: 0.2\n");

    assert_int_equal(s.train.rows, 28);
    assert_int_equal(s.validation.rows, 7);
    for (int64_t i = 0; i < 7; i++)
        assert_true(s.validation.index[i] <= 46);
    data_sets_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(protocols_train_on_half_of_the_normal_rows),
        cmocka_unit_test(protocols_round_half_up),
        cmocka_unit_test(validation_comes_from_the_training_half),
    };
    return cmocka_run_group_tests(tests, write_protocol_file, remove_folder);
}
