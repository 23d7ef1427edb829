// Labels with names: matched by name across sources, whatever number stands for a name in a file.
// links: data store spec base
#include "data/data_labels.h"
#include "dataset_fixture.h"

static const float x[] = {1, 2, 3, 4, 5, 6, 7, 8};
static const char *const columns[] = {"a", "b"};

static const int64_t big_x[] = {9007199254740992, 1, 9007199254740993, 2, 9007199254740994, 3, 5, 4};

// Four rows each.
static const struct sample_split splits[] = {
    {"train", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 0, 1, 0}, columns, "class", "normal\nsuspect"},
    {"test", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 1, 2, 1}, columns, "class", "attack\nnormal\nworm"},
    {"turned", STORE_F32, 2, {4, 2}, x, (const int64_t[]){1, 1, 0, 1}, columns, "class", "suspect\nnormal"},
    {"renamed", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 0, 1, 0}, columns, "class", "normal\nzombie"},
    {"numbers", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 0, 1, 0}, columns, "class", NULL},
    {"mixed", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 1, 0, 1}, columns, "class", "1\na"},
    {"folders", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 1, 2, 3}, columns, "folder", "0\n10\n100\n2"},
    {"values", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 10, 100, 2}, columns, "folder", NULL},
    {"odd", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 1, 2, 3}, columns, "class",
        "\n1.0\nNew York, NY\n\303\251tat 'a' \"b\""},
    {"big", STORE_I64, 2, {4, 2}, big_x, (const int64_t[]){9007199254740993, 9007199254740992, 5, -5}, columns, "class",
        NULL},
    {"big_names", STORE_F32, 2, {4, 2}, x, (const int64_t[]){0, 1, 2, 1}, columns, "class",
        "9007199254740992\n9007199254740993\na"},
};

static int write_files(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    write_file("d.h5", splits, sizeof splits / sizeof *splits);
    return 0;
}

static void check_names(const struct dataset *d, const char *const *names)
{
    for (int64_t i = 0; i < d->rows; i++)
        assert_string_equal(dataset_label_name(d, i), names[i]);
}

static void names_are_matched_across_sets(void **state)
{
    (void)state;
    struct data_sets s = load("  train: d.h5:train\n  test: d.h5:test\n  normal: [normal]\n");
    static const char *const train[] = {"normal", "normal", "normal"};
    static const char *const test[] = {"attack", "normal", "worm", "normal"};
    static const int8_t anomalies[] = {1, 0, 1, 0};

    assert_int_equal(s.train.rows, 3);
    check_names(&s.train, train);
    check_names(&s.test[0], test);
    assert_memory_equal(s.test[0].is_anomaly, anomalies, sizeof anomalies);
    assert_int_equal(s.n_label_names, 4);
    data_sets_free(&s);
}

static void names_are_matched_inside_a_set(void **state)
{
    (void)state;
    struct data_sets s = load("  train: [d.h5:train, d.h5:turned, d.h5:test]\n  where: class != worm\n");
    static const char *const names[] = {
        "normal", "normal", "suspect", "normal", "normal", "normal", "suspect", "normal", "attack", "normal", "normal"};

    assert_int_equal(s.train.rows, 11);
    check_names(&s.train, names);
    data_sets_free(&s);
}

// Fault: filters compared labels and columns of 64-bit integers as doubles, so that neighbours beyond 2^53 were equal.
static void filters_compare_integers_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *set, *where;
        int rows;
    } cases[] = {
        {"big", "class == 9007199254740993", 1},
        {"big", "class != 9007199254740993", 3},
        {"big", "class > 9007199254740992", 1},
        {"big", "class >= 9007199254740993", 1},
        {"big", "\"class in [9007199254740992, 5]\"", 2},
        {"big", "class < 4.5", 1},
        {"big", "a == 9007199254740993", 1},
        {"big", "a != 9007199254740993", 3},
        {"big", "a > 9007199254740993", 1},
        {"big", "a <= 9007199254740992", 2},
        {"big", "a > 4.5", 4},
        {"big_names", "class == 9007199254740993", 2},
        {"big_names", "class != 9007199254740992", 3},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text =
            mem_format("  train: d.h5:train\n  test: [{from: d.h5:%s, where: %s}]\n", cases[i].set, cases[i].where);
        struct data_sets s = load(text);

        if (s.test[0].rows != cases[i].rows)
            fail_msg("%s: %s: %d rows", cases[i].set, cases[i].where, (int)s.test[0].rows);
        data_sets_free(&s);
        free(text);
    }
}

// A label that its own file does not know is another class; one that no source knows is a mistake
// (test_dataset_errors).
static void filters_take_names(void **state)
{
    (void)state;
    static const struct {
        const char *where;
        int rows;
    } cases[] = {
        {"class == suspect", 1},
        {"class != suspect", 3},
        {"\"label in [suspect, normal]\"", 4},
        {"\"class in ['suspect', worm]\"", 1},
        {"class != attack", 4},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text =
            mem_format("  train: d.h5:train\n  test: [{from: d.h5:train, where: %s}, d.h5:test]\n", cases[i].where);
        struct data_sets s = load(text);

        if (s.test[0].rows != 4 + cases[i].rows)
            fail_msg("%s: %d rows", cases[i].where, (int)s.test[0].rows - 4);
        data_sets_free(&s);
        free(text);
    }
}

static void names_can_be_any_text(void **state)
{
    (void)state;
    static const struct {
        const char *where, *normal, *index;
    } cases[] = {
        {"\"class == ''\"", "[\"\"]", "0"},
        {"\"class == '1.0'\"", "[1.0]", "1"},
        {"\"class == 'New York, NY'\"", "New York, NY", "2"},
        {"\"class in ['New York, NY', '1.0']\"", "[\"New York, NY\", 1.0]", "12"},
        {"\"class == '\303\251tat ''a'' \\\"b\\\"'\"", "'\303\251tat ''a'' \"b\"'", "3"},
        {"\"class != 'New York, NY'\"", "[\"\", 1.0, '\303\251tat ''a'' \"b\"']", "013"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int by_normal = 0; by_normal < 2; by_normal++) {
            char *text = mem_format("  train: d.h5:odd\n  %s: %s\n  test: {all: {from: d.h5:odd, anomaly: false}}\n",
                by_normal ? "normal" : "where", by_normal ? cases[i].normal : cases[i].where);
            struct err e = {0};
            struct sample_spec s;
            spec_open(&s, text, &e);
            no_error(&e);

            // what is written back means the same
            struct node *n = data_config_write(&s.cfg);
            struct text canonical = {0};
            text_add(&canonical, "data:\n");
            struct node *root = node_new_map();
            node_add(root, "data", n);
            text_free(&canonical);
            node_emit(root, &canonical);
            struct node *again = spec_parse("again.yaml", canonical.data, canonical.length, &e);
            struct data_config cfg;
            data_config_read(node_get(again, "data"), &cfg, &e);
            struct data_sets sets = {0};
            data_load(&cfg, folder, &sets, &e);
            if (e.count && strlen(cases[i].index) > 1)
                fail_msg("%s: %s", text, e.text);
            // one row alone is nothing to learn from, which is reported after the search
            if (e.count)
                assert_non_null(strstr(e.text, "all 1 rows of train are equal"));
            else {
                assert_int_equal(sets.train.rows, strlen(cases[i].index));
                for (int64_t k = 0; k < sets.train.rows; k++)
                    assert_int_equal(sets.train.index[k], cases[i].index[k] - '0');
                data_sets_free(&sets);
            }
            data_config_free(&cfg);
            node_free(&again);
            node_free(&root);
            text_free(&canonical);
            spec_close(&s);
            free(text);
        }
}

// Numbers are matched with names if one of them is spelled like a name.
static void digits_are_a_name_beside_names(void **state)
{
    (void)state;
    struct data_sets s = load("  train: d.h5:numbers\n  test: d.h5:mixed\n  normal: [0, 1]\n");
    static const char *const train[] = {"0", "0", "1", "0"}, *const test[] = {"1", "a", "1", "a"};
    static const int8_t anomalies[] = {0, 1, 0, 1};

    assert_memory_equal(s.test[0].is_anomaly, anomalies, sizeof anomalies);
    check_names(&s.train, train);
    check_names(&s.test[0], test);
    data_sets_free(&s);
}

// Sources that say themselves what their rows are need no common labels.
static void declared_sources_are_not_compared(void **state)
{
    (void)state;
    struct data_sets s = load("  train: {from: d.h5:numbers, where: label < 1}\n"
                              "  test: [d.h5:numbers, {from: d.h5:test, anomaly: true}]\n  normal: [0]\n");
    static const int8_t anomalies[] = {0, 0, 1, 0, 1, 1, 1, 1};

    assert_int_equal(s.train.rows, 3);
    assert_memory_equal(s.test[0].is_anomaly, anomalies, sizeof anomalies);
    assert_string_equal(dataset_label_name(&s.test[0], 2), "1");
    assert_string_equal(dataset_label_name(&s.test[0], 6), "worm");
    data_sets_free(&s);
}

// Older files number folders called 0, 10, 100, 2.
static void names_that_are_integers_are_numbers(void **state)
{
    (void)state;
    struct data_sets s = load("  train: d.h5:folders\n  test: d.h5:values\n  normal: [10, 2]\n  where: label < 99\n");
    static const int64_t train[] = {10, 2}, test[] = {0, 10, 2};

    assert_null(s.label_names);
    assert_int_equal(s.train.rows, 2);
    assert_memory_equal(s.train.label, train, sizeof train);
    assert_memory_equal(s.test[0].label, test, sizeof test);
    data_sets_free(&s);
}

// --- identity

static char *identity(const char *split, const char *rest)
{
    struct err e = {0};
    struct sample_spec s;
    struct text t = {0};
    char *text = mem_format("  train: d.h5:%s\n%s", split, rest);

    spec_open(&s, text, &e);
    struct node *n = data_identity(&s.cfg, folder, &e);
    no_error(&e);
    node_emit(n, &t);
    node_free(&n);
    spec_close(&s);
    free(text);
    return t.data;
}

static void check_identity(const char *one, const char *other, const char *rest, bool is_same)
{
    char *a = identity(one, rest), *b = identity(other, rest);

    if ((strcmp(a, b) == 0) != is_same)
        fail_msg("%s and %s with %s:\n%s%s", one, other, rest, a, b);
    free(a);
    free(b);
}

static void identity_follows_the_names(void **state)
{
    (void)state;
    check_identity("train", "turned", "  normal: [normal]\n", true);
    check_identity("train", "turned", "  where: class == normal\n", true);
    check_identity("train", "turned", "  test: d.h5:test\n", true); // numbered in two ways
    check_identity("train", "renamed", "  normal: [normal]\n", false);
    check_identity(
        "train", "numbers", "  scale: standard\n", true); // the same numbers, and nothing says what they mean
    check_identity("folders", "values", "  normal: [10]\n", true);
    char *a = identity("numbers", "  normal: [1.0, 1]\n"), *b = identity("numbers", "  normal: [1]\n");
    assert_string_equal(a, b);
    assert_null(strstr(a, "names"));
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_matched_across_sets),
        cmocka_unit_test(names_are_matched_inside_a_set),
        cmocka_unit_test(filters_take_names),
        cmocka_unit_test(filters_compare_integers_exactly),
        cmocka_unit_test(names_can_be_any_text),
        cmocka_unit_test(digits_are_a_name_beside_names),
        cmocka_unit_test(declared_sources_are_not_compared),
        cmocka_unit_test(names_that_are_integers_are_numbers),
        cmocka_unit_test(identity_follows_the_names),
    };
    return cmocka_run_group_tests(tests, write_files, remove_folder);
}
