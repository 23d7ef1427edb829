// The leaderboard as columns: of rows and back, through a file; rows picked and sorted; CSV and JSON.
// links: report leaderboard
#include "store_folder.h"

#include "leaderboard/leaderboard.h"
#include "leaderboard/protocols.h"
#include "report/json.h"
#include "report/select.h"
#include "store/schema.h"
#include <math.h>

enum { N = 4 };

static struct set_results make_set(const char *name, double auc)
{
    struct set_results s = {.name = mem_text(name), .has_labels = !isnan(auc), .mean_error = 0.5, .threshold = 0.75};
    for (const struct metric *m = set_metrics; m->name; m++)
        if (m->offset > offsetof(struct set_results, threshold))
            metric_set(m, &s, NAN);
    s.roc_auc = auc;
    s.accuracy = auc;
    return s;
}

// Trial i: code 2^i, but trial 2 has none; activation a text; trial 3 diverged, and has no scores.
static void make_row(struct leaderboard_row *s, int i)
{
    static const char *const activations[N] = {"relu", "tanh", "relu", "8"};
    char number[32];
    *s = (struct leaderboard_row){.path = mem_text("a.h5"),
        .group = mem_format("trials/id%d", i),
        .id = mem_format("id%d", i),
        .experiment = mem_text("x"),
        .cluster = mem_text(i % 2 ? "far" : "near"),
        .configuration = mem_text("0123"),
        .objective = mem_text(i ? "roc_auc" : ""),
        .has_diverged = i == 3,
        .epochs = 10 + i,
        .parameters = 100,
        .ranks = 2,
        .threads = 3,
        .train_loss = 0.1 * i,
        .validation_loss = NAN,
        .seconds = 1,
        .wall_seconds = 2,
        .samples_per_second = 1e6};
    s->key = mem_new(2, sizeof *s->key);
    s->value = mem_new(2, sizeof *s->value);
    s->key[s->n_varied] = mem_text("activation");
    s->value[s->n_varied++] = mem_text(activations[i]);
    if (i != 2) {
        s->key[s->n_varied] = mem_text("epochs"); // as a column is called
        s->value[s->n_varied++] = mem_text(number_text(number, pow(10, -i)));
    }
    s->n_sets = i == 3 ? 0 : 2;
    s->set = mem_new(2, sizeof *s->set);
    s->set[0] = make_set("marked", NAN);
    s->set[1] = make_set("test", 0.9 - 0.1 * i);
    if (i == 3) {
        free(s->set[0].name);
        free(s->set[1].name);
    }
}

static void make_rows(struct leaderboard_row rows[N])
{
    for (int i = 0; i < N; i++)
        make_row(&rows[i], i);
}

static void free_rows(struct leaderboard_row *rows)
{
    for (int i = 0; i < N; i++)
        row_free(&rows[i]);
}

static const struct leaderboard_column *column(const struct leaderboard *b, const char *name)
{
    int i = leaderboard_find(b, name);
    if (i < 0)
        fail_msg("no column %s", name);
    return &b->column[i];
}

static void check_board(const struct leaderboard *b)
{
    assert_int_equal(b->n, N);
    assert_string_equal(b->sets, "marked\ntest");
    assert_string_equal(b->varied, "activation\nepochs");
    assert_string_equal(column(b, "activation")->text[3], "8"); // a string among strings
    const struct leaderboard_column *key = column(b, "varied.epochs");
    assert_true(key->number[1] == 0.1 && isnan(key->number[2]));
    assert_int_equal(column(b, "epochs")->type, STORE_I64);
    assert_true(column(b, "epochs")->number[3] == 13);
    assert_true(fabs(column(b, "test.roc_auc")->number[1] - 0.8) < 1e-15);
    assert_true(isnan(column(b, "test.roc_auc")->number[3]));
    assert_int_equal(leaderboard_find(b, "marked.roc_auc"), -1); // no trial has it
    assert_int_equal(leaderboard_find(b, "roc_auc"), -1);
    assert_string_equal(column(b, "seconds")->units, "s");
    assert_string_equal(column(b, "status")->text[3], "diverged");
}

static void assert_rows_equal(const struct leaderboard_row *a, const struct leaderboard_row *b)
{
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->group, b->group);
    assert_string_equal(a->cluster, b->cluster);
    assert_int_equal(a->has_diverged, b->has_diverged);
    assert_int_equal(a->epochs, b->epochs);
    assert_int_equal(a->threads, b->threads);
    assert_true(a->train_loss == b->train_loss && isnan(b->validation_loss));
    assert_int_equal(a->n_varied, b->n_varied);
    for (int i = 0; i < a->n_varied; i++) {
        assert_string_equal(a->key[i], b->key[i]);
        assert_string_equal(a->value[i], b->value[i]);
    }
    assert_int_equal(a->n_sets, b->n_sets);
    for (int i = 0; i < a->n_sets; i++) {
        assert_string_equal(a->set[i].name, b->set[i].name);
        assert_int_equal(a->set[i].has_labels, b->set[i].has_labels);
        assert_memory_equal(&a->set[i].mean_error, &b->set[i].mean_error, 2 * sizeof(double));
    }
}

static void test_through_a_file(void **state)
{
    struct err e = {0};
    struct leaderboard_row rows[N];
    const char *path = in_folder(state, "run.h5");
    make_rows(rows);
    struct leaderboard *b = leaderboard_new(rows, N);
    check_board(b);
    struct store_file *f = store_create(path, FORMAT_RUN, &e);
    assert_ok(leaderboard_write(f, RUN_LEADERBOARD, LEADERBOARD_TRIAL, b, &e), e);
    assert_ok(store_commit(&f, &e), e);
    leaderboard_free(&b);
    f = store_open(path, FORMAT_RUN, STORE_OWN, &e);
    b = leaderboard_read(f, &e);
    store_close(&f);
    if (!b)
        fail_msg("%s", e.text);
    check_board(b);
    struct leaderboard_row *back = leaderboard_rows(b, path, &e);
    assert_non_null(back);
    for (int i = 0; i < N; i++)
        assert_rows_equal(&rows[i], &back[i]);
    free_rows(back);
    free(back);
    leaderboard_free(&b);
    free_rows(rows);
}

static void test_select(void **state)
{
    (void)state;
    static const struct {
        const char *where, *sort;
        const char *wanted; // row numbers, or the part of a message
    } cases[] = {
        {NULL, NULL, "0123"}, // good
        {"test.roc_auc > 0.75", NULL, "01"},
        {"test.roc_auc>=0.7", "test.roc_auc", "210"},
        {"test.roc_auc < 2", NULL, "012"}, // a missing value meets nothing
        {"test.roc_auc != 0.9", NULL, "12"},
        {"varied.epochs <= 0.1", NULL, "13"},
        {"activation = relu", NULL, "02"},
        {"activation==8", NULL, "3"},
        {" cluster != near ", NULL, "13"},
        {"epochs = 1e1", NULL, "0"},
        {"epochs > 99", NULL, ""},
        {NULL, "-epochs", "3210"},
        {NULL, "test.roc_auc", "2103"}, // missing ones last
        {NULL, "-test.roc_auc", "0123"},
        {NULL, "activation", "3021"},
        {NULL, "-cluster", "0213"},
        {"epoch > 3", NULL, "--where: found column 'epoch', allowed: trial, experiment"}, // bad
        {"x > 3", NULL, "--where: found column 'x', allowed: trial"},
        {"epochs > many", NULL, "--where: epochs: found 'many', allowed: a number"},
        {"epochs >", NULL, "--where: epochs: found '', allowed: a number"},
        {"activation > relu", NULL, "activation holds strings, allowed: = and !="},
        {"epochs", NULL, "allowed: COLUMN OP VALUE"},
        {"= 3", NULL, "allowed: COLUMN OP VALUE"},
        {"epochs ! 3", NULL, "allowed: COLUMN OP VALUE"},
        {NULL, "-clutser", "; did you mean 'cluster'?"},
    };
    struct leaderboard_row rows[N];
    make_rows(rows);
    struct leaderboard *b = leaderboard_new(rows, N);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        char *where = (char *)(size_t)cases[i].where, found[N + 1] = "";
        int n, *v = select_rows(b, &where, where != NULL, cases[i].sort, &n, &e);
        for (int k = 0; v && k < n; k++)
            found[k] = (char)('0' + v[k]);
        if (v && strcmp(found, cases[i].wanted) != 0)
            fail_msg("%s, %s: found %s, expected %s", cases[i].where, cases[i].sort, found, cases[i].wanted);
        if (!v && !strstr(e.text, cases[i].wanted))
            fail_msg("%s, %s: %s", cases[i].where, cases[i].sort, e.text);
        free(v);
    }
    leaderboard_free(&b);
    free_rows(rows);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"}, {1e-3, "1e-3"}, {0.003, "3e-3"}, {0.00125, "0.00125"}, {64, "64"}, {0, "0"},
        {-1e-5, "-1e-5"}, {1.5, "1.5"}, {1e6, "1000000"}, {0.05, "0.05"}, {1.25e-7, "1.25e-7"}, {1e300, "1e+300"},
        {1.0 / 3, "0.3333333333333333"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[32];
        assert_string_equal(number_text(out, cases[i].value), cases[i].text);
    }
}

static void test_json(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    struct json j = {.out = open_memstream(&text, &size)};
    json_open(&j, NULL, '{');
    json_text(&j, "a\"\\", "line\nnext\ttab \xc3\xbc \xff");
    json_text(&j, "none", NULL);
    json_open(&j, "list", '[');
    json_number(&j, NULL, 0.1);
    json_number(&j, NULL, NAN);
    json_number(&j, NULL, INFINITY);
    json_bool(&j, NULL, true);
    json_close(&j, ']');
    json_open(&j, "empty", '[');
    json_close(&j, ']');
    json_close(&j, '}');
    fclose(j.out);
    assert_string_equal(text, "{\n  \"a\\\"\\\\\": \"line\\u000anext\\u0009tab \xc3\xbc ?\",\n  \"none\": null,\n"
                              "  \"list\": [\n    0.1,\n    null,\n    null,\n    true\n  ],\n  \"empty\": []\n}\n");
    free(text);
}

// Trials of two protocols, or of one and of none, must not be compared; an ensemble has the protocol of its members.
static void test_protocols(void **state)
{
    (void)state;
    struct leaderboard_row rows[N];

    make_rows(rows);
    struct leaderboard *b = leaderboard_new(rows, N);
    assert_int_equal(leaderboard_find(b, "protocol"), -1);
    leaderboard_free(&b);
    assert_false(protocols_warn_rows(rows, N, "a run"));

    for (int i = 0; i < N; i++)
        rows[i].protocol = mem_text("half_in_order");
    assert_false(protocols_warn_rows(rows, N, "a run"));
    b = leaderboard_new(rows, N);
    assert_string_equal(column(b, "protocol")->text[1], "half_in_order");
    leaderboard_free(&b);

    free(rows[1].protocol);
    rows[1].protocol = mem_text("");
    assert_true(protocols_warn_rows(rows, N, "a run"));
    free(rows[1].group);
    rows[1].group = mem_text("ensemble");
    assert_false(protocols_warn_rows(rows, N, "a run"));

    free_rows(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_through_a_file, folder_make, folder_remove),
        cmocka_unit_test(test_select),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_protocols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
