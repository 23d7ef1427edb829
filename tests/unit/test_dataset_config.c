// The `data:` section: what is read from it, what is refused and where, and its canonical form.
// links: data spec base
#include "data/data_path.h"
#include "dataset_fixture.h"

static void reads_all_kinds(void **state)
{
    (void)state;
    struct err e = {0};
    struct sample_spec s;
    spec_open(&s,
        "  train: {from: a:b/mnist.h5:train, rows: \"-10::2\", where: label < 5}\n"
        "  validation: 0.25\n"
        "  test:\n"
        "    clean: mnist.h5:test\n"
        "    boot:\n"
        "      - mnist.h5:test\n"
        "      - {from: fashion.h5:test, rows: [0, -1], anomaly: true}\n"
        "  where: [NSP != 2, \"petal length (cm) in [1, 2.5]\"]\n"
        "  normal: [3, 1, 3]\n"
        "  fill: median\n"
        "  scale: min_max\n",
        &e);
    no_error(&e);
    const struct data_config *c = &s.cfg;
    assert_int_equal(c->train.n, 1);
    assert_string_equal(c->train.source[0].file, "a:b/mnist.h5");
    assert_string_equal(c->train.source[0].split, "train");
    assert_int_equal(c->train.source[0].rows.kind, ROWS_SLICE);
    assert_int_equal(c->train.source[0].rows.first, -10);
    assert_true(c->train.source[0].rows.last == INT64_MAX);
    assert_int_equal(c->train.source[0].rows.step, 2);
    assert_int_equal(c->train.source[0].where.v[0].op, FILTER_LT);
    assert_true(c->validation_fraction == 0.25);
    assert_int_equal(c->seed, 1);
    assert_int_equal(c->n_test, 2);
    assert_string_equal(c->test[1].name, "boot");
    assert_int_equal(c->test[1].source[1].anomaly, ANOMALY_TRUE);
    assert_int_equal(c->test[1].source[1].rows.list.v[1], -1);
    assert_int_equal(c->filters.n, 2);
    assert_string_equal(c->filters.v[1].column, "petal length (cm)");
    assert_true(c->filters.v[1].values[1].real == 2.5);
    assert_int_equal(c->normal.n, 2);
    assert_string_equal(c->normal.v[0], "1");
    assert_int_equal(c->fill, FILL_MEDIAN);
    assert_int_equal(c->scale.rule.method, SCALE_MIN_MAX);
    spec_close(&s);
}

static void filters_hold(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
        bool holds;
    } rows[] = {
        {"a == 2", 2, true},
        {"a==2.0", 3, false},
        {"a != 2", 2, false},
        {"a != 2", NAN, true},
        {"a <= 2", 2, true},
        {"a < 2", 2, false},
        {"a>=2", 2, true},
        {"a > 2", 2, false},
        {"a > 2", NAN, false},
        {"a in [1, 2, -3e1]", -30, true},
        {"a in [1,2]", 3, false},
        {"a in [1]", NAN, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = {0};
        struct data_filters f = {0};
        data_filter_parse(rows[i].text, NULL, &f, &e);
        no_error(&e);
        if (data_filter_holds(&f.v[0], rows[i].value) != rows[i].holds)
            fail_msg("%s: %g", rows[i].text, rows[i].value);
        data_filters_free(&f);
    }
}

// Fault: integers beyond 2^53 were compared as doubles, so that neighbours were equal.
static void compares_integers_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
        bool holds;
    } rows[] = {
        {"a == 9007199254740993", 9007199254740993, true},
        {"a == 9007199254740993", 9007199254740992, false},
        {"a != 9007199254740993", 9007199254740992, true},
        {"a > 9007199254740992", 9007199254740993, true},
        {"a > 9007199254740993", 9007199254740993, false},
        {"a >= 9007199254740993", 9007199254740992, false},
        {"a < 9007199254740993", 9007199254740992, true},
        {"a <= 9007199254740992", 9007199254740993, false},
        {"a in [5, 9007199254740993]", 9007199254740992, false},
        {"a in [5, 9007199254740993]", 9007199254740993, true},
        {"a == 9223372036854775807", INT64_MAX, true},
        {"a == 9223372036854775807", INT64_MAX - 1, false},
        {"a < 9223372036854775808", INT64_MAX, true},
        {"a == 9223372036854775808", INT64_MAX, false},
        {"a >= -9223372036854775808", INT64_MIN, true},
        {"a > -1e300", INT64_MIN, true},
        {"a == 1e3", 1000, true},
        {"a == 1e16", 10000000000000000, true},
        {"a == 1e16", 10000000000000001, false},
        {"a > 2.5", 3, true},
        {"a > 2.5", 2, false},
        {"a <= -2.5", -3, true},
        {"a <= -2.5", -2, false},
        {"a != 2.5", 2, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct err e = {0};
        struct data_filters f = {0};
        data_filter_parse(rows[i].text, NULL, &f, &e);
        no_error(&e);
        if (data_filter_holds_integer(&f.v[0], rows[i].value) != rows[i].holds)
            fail_msg("%s: %lld", rows[i].text, (long long)rows[i].value);
        data_filters_free(&f);
    }
}

static const struct {
    const char *text, *message;
} mistakes[] = {
    // bad
    {"  scale: unit\n", "train"},
    {"  train: mnist.h5\n", "spec.yaml:2:10: data.train: found 'mnist.h5', allowed: FILE.h5:SPLIT"},
    {"  train: []\n", "spec.yaml:2:10: data.train: found no source"},
    {"  train: [a.h5:x, [b.h5:y]]\n", "spec.yaml:2:19: data.train[1]: found a list"},
    {"  train: {rows: [1]}\n", "from"},
    {"  train: {from: a.h5:x, row: [1]}\n", "rows"},
    {"  train: {from: a.h5:x, rows: [1, b]}\n", "spec.yaml:2:35: data.train.rows[1]: found 'b'"},
    {"  train: {from: a.h5:x, rows: []}\n", "spec.yaml:2:31: data.train.rows: found no row"},
    {"  train: {from: a.h5:x, rows: \"1:2:0\"}\n", "STEP at least 1"},
    {"  train: {from: a.h5:x, rows: \"1:b\"}\n", "found '1:b'"},
    {"  train: {from: a.h5:x, rows: \"1:2:3:4\"}\n", "found '1:2:3:4'"},
    {"  train: {from: a.h5:x, anomaly: yes}\n", "anomaly"},
    {"  train: a.h5:x\n  validation: 1.5\n", "spec.yaml:3:15: data.validation: found '1.5'"},
    {"  train: a.h5:x\n  validation: 0\n", "in (0, 1)"},
    {"  train: a.h5:x\n  test: {}\n", "spec.yaml:3:9: data.test: found no test set"},
    {"  train: a.h5:x\n  test: {a/b: a.h5:x}\n", "spec.yaml:3:10: data.test.a/b: found 'a/b' as the name"},
    {"  train: a.h5:x\n  test: {train: a.h5:x}\n", "any but train, validation"},
    {"  train: a.h5:x\n  test: a.h5:y\n  split: {test: 0.3}\n", "spec.yaml:4:10: data.split: found test both"},
    {"  train: a.h5:x\n  split: {test: 1}\n", "in [0, 1)"},
    {"  train: a.h5:x\n  split: {test: 0.3, protocol: half_in_order}\n", "found a protocol and another test set"},
    {"  train: a.h5:x\n  test: b.h5:y\n  split: {protocol: half_shuffled}\n", "found a protocol and another test set"},
    {"  train: a.h5:x\n  folds: 3\n  split: {protocol: half_shuffled}\n", "found a protocol and another test set"},
    {"  train: a.h5:x\n  window: {length: 9}\n  split: {protocol: half_in_order}\n",
        "found a protocol with data.window"},
    {"  train: a.h5:x\n  split: {protocol: half_in_order, by: group}\n",
        "data.split.by: found group with data.split.protocol"},
    {"  train: a.h5:x\n  validation: 0.1\n  split: {protocol: half_shuffled, by: time}\n",
        "data.split.by: found time with data.split.protocol"},
    {"  train: a.h5:x\n  split: {protocol: half}\n", "half_in_order, half_shuffled"},
    {"  train: a.h5:x\n  split: {tset: 0.1}\n", "test"},
    {"  train: a.h5:x\n  where: [a == 1, a = 2]\n", "spec.yaml:3:19: data.where[1]: found 'a = 2'"},
    {"  train: a.h5:x\n  where: \"a in []\"\n", "found 'a in []'"},
    {"  train: a.h5:x\n  where: \"a in [1, 2\"\n", "found 'a in [1, 2'"},
    {"  train: a.h5:x\n  where: \"a in [1] 2]\"\n", "found 'a in [1] 2]'"},
    {"  train: a.h5:x\n  where: \"== 2\"\n", "found '== 2'"},
    {"  train: a.h5:x\n  where: a < two\n", "found 'a < two'"},
    {"  train: a.h5:x\n  where: a == 1 and b > 2\n", "found 'a == 1 and b > 2'"},
    {"  train: a.h5:x\n  where: \"a == 'two\"\n", "found 'a == 'two'"},
    {"  train: a.h5:x\n  where: \"a == 'two' or so\"\n", "found 'a == 'two' or so'"},
    {"  train: a.h5:x\n  where: \"a in [two, 'three]\"\n", "found 'a in [two, 'three]'"},
    {"  train: a.h5:x\n  where: a < nan\n", "found 'a < nan'"},
    {"  train: a.h5:x\n  where: a\n", "found 'a'"},
    {"  train: a.h5:x\n  fill: average\n", "none, mean, median, mode"},
    {"  train: a.h5:x\n  normal: [[one]]\n", "data.normal[0]: found a list"},
    {"  train: a.h5:x\n  scale: half\n", "data.scale: found 'half', allowed: one of none, unit, standard, min_max"},
    {"  train: a.h5:x\n  scale: robst\n", "did you mean 'robust'?"},
    {"  train: a.h5:x\n  scale: [robust]\n", "data.scale: found a list, allowed: a method, or a map"},
    {"  train: a.h5:x\n  scale: {metod: robust}\n", "data.scale.metod: unknown key; did you mean 'method'?"},
    {"  train: a.h5:x\n  scale: {method: unit, clip: 1}\n", "data.scale: found method unit with columns, clip or by"},
    {"  train: a.h5:x\n  scale: {columns: {b: unit}}\n", "data.scale.columns.b: found method unit for one column"},
    {"  train: a.h5:x\n  scale: {clip: 0}\n", "data.scale.clip: found '0', allowed: a number above 0, or [LOW, HIGH]"},
    {"  train: a.h5:x\n  scale: {clip: [1, 1]}\n", "data.scale.clip: found a list, allowed: a number above 0"},
    {"  train: a.h5:x\n  scale: {clip: .inf}\n", "data.scale.clip: found '.inf', allowed: a number above 0"},
    {"  train: a.h5:x\n  scale: {columns: [b]}\n", "data.scale.columns: found a list, allowed: {NAME: METHOD, ...}"},
    {"  train: a.h5:x\n  scale: {columns: {b: [none]}}\n", "data.scale.columns.b: found a list, allowed: a method"},
    {"  train: a.h5:x\n  scale: {columns: {b: {columns: {c: none}}}}\n",
        "data.scale.columns.b.columns: unknown key, allowed: method, log1p, clip"},
    {"  train: a.h5:x\n  scale: {method: log1p, log1p: false}\n",
        "data.scale.log1p: found false, but the method is log1p"},
};

static void refuses_mistakes_where_they_stand(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct err e = {0};
        struct sample_spec s;
        if (spec_open(&s, mistakes[i].text, &e) == 0)
            fail_msg("taken: %s", mistakes[i].text);
        if (!strstr(e.text, mistakes[i].message) || e.kind != ERR_USAGE)
            fail_msg("%sexpected '%s', found: %s", mistakes[i].text, mistakes[i].message, e.text);
        spec_close(&s);
    }
}

static void finds_all_mistakes_in_one_pass(void **state)
{
    (void)state;
    struct err e = {0};
    struct sample_spec s;
    spec_open(
        &s, "  train: mnist\n  test: mnist\n  validation: 2\n  where: x\n  scale: half\n  split: {seed: -1}\n", &e);
    assert_int_equal(e.count, 6);
    spec_close(&s);
    e = (struct err){0};
    assert_int_equal(data_config_read(NULL, &s.cfg, &e), -1);
    assert_non_null(strstr(e.text, "data: found nothing"));
}

static char *canonical(const char *text)
{
    struct err e = {0};
    struct sample_spec s;
    struct text t = {0};
    spec_open(&s, text, &e);
    no_error(&e);
    struct node *n = data_config_write(&s.cfg);
    node_emit(n, &t);
    node_free(&n);
    spec_close(&s);
    return t.data;
}

// "a: b\n" -> "  a: b\n", as spec_open wants it.
static char *indented(const char *text)
{
    struct text t = {0};
    for (const char *end; *text; text = end + 1) {
        end = strchr(text, '\n');
        text_add(&t, "  %.*s\n", (int)(end - text), text);
    }
    return t.data;
}

static void canonical_form_reads_as_itself(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "  train: a.h5:x\n",
        "  train: [a.h5:x, {from: b.h5:y, rows: \":-5\", anomaly: false}]\n  test: c.h5:z\n  normal: 1\n",
        "  train: {from: a.h5:x, rows: 7, where: [\"a in [1]\", b<2]}\n  validation: 0.1\n  split: {test: 0.3, seed: "
        "9}\n",
        "  train: a.h5:x\n  validation: [b.h5:y, b.h5:z]\n  test: {p: b.h5:y, q: [b.h5:y, {from: b.h5:z, rows: "
        "\"::3\"}]}\n"
        "  where: a>=2\n  fill: mode\n  scale: standard\n",
        "  train: a.h5:x\n  scale: {method: robust, log1p: true, clip: [-1, 4]}\n",
        "  train: a.h5:x\n  scale: {method: min_max, clip: 3, columns: {b: log1p, a: {log1p: true}, c: {clip: 2}}}\n",
        "  train: a.h5:x\n  scale: {method: log1p, columns: {b: {method: none, clip: 1}}}\n",
        "  train: a.h5:x\n  scale: {method: standard, by: group}\n",
        "  train: a.h5:x\n  scale: {columns: {b: robust}, by: group}\n",
        "  train: a.h5:x\n  scale: {method: unit, log1p: true, smooth: 1.5, normalize: true}\n",
        "  train: a.h5:x\n  scale: {smooth: 2, columns: {b: robust}}\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *once = canonical(texts[i]), *moved = indented(once), *twice = canonical(moved);
        assert_string_equal(once, twice);
        free(once);
        free(moved);
        free(twice);
    }
}

static void spellings_of_one_meaning_have_one_form(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"  train: a.h5:x\n", "  train: [{from: a.h5:x}]\n  fill: none\n"},
        {"  train: a.h5:x\n  where: b ==2.0\n", "  train: a.h5:x\n  where: [\"b == 2\"]\n"},
        {"  train: a.h5:x\n  normal: [2, 1]\n", "  normal: [1, 2, 2]\n  train: a.h5:x\n"},
        {"  train: a.h5:x\n  test: b.h5:y\n", "  train: a.h5:x\n  test: {test: [b.h5:y]}\n  split: {seed: 4}\n"},
        {"  train: a.h5:x\n  validation: 0.1\n", "  train: a.h5:x\n  validation: 1e-1\n  split: {seed: 1}\n"},
        {"  train: a.h5:x\n  split: {protocol: half_in_order}\n",
            "  train: a.h5:x\n  split: {seed: 7, protocol: half_in_order}\n"},
        {"  train: a.h5:x\n  split: {protocol: half_shuffled}\n",
            "  train: a.h5:x\n  split: {seed: 1, protocol: half_shuffled}\n"},
        {"  train: a.h5:x\n  scale: robust\n", "  train: a.h5:x\n  scale: {method: robust, columns: {b: robust}}\n"},
        {"  train: a.h5:x\n  scale: log1p\n", "  train: a.h5:x\n  scale: {method: standard, log1p: true}\n"},
        {"  train: a.h5:x\n", "  train: a.h5:x\n  scale: {columns: {b: none}}\n"},
        {"  train: a.h5:x\n  scale: unit\n", "  train: a.h5:x\n  scale: {method: unit, smooth: 0, normalize: false}\n"},
        {"  train: a.h5:x\n  scale: {method: robust, clip: 5}\n",
            "  train: a.h5:x\n  scale: {clip: [-5, 5.0], method: robust, columns: {b: {clip: 5}}}\n"},
        {"  train: a.h5:x\n  scale: {columns: {b: min_max, a: log1p}}\n",
            "  train: a.h5:x\n  scale: {columns: {a: {log1p: true, method: standard}, b: {method: min_max}}}\n"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *a = canonical(pairs[i][0]), *b = canonical(pairs[i][1]);
        assert_string_equal(a, b);
        free(a);
        free(b);
    }
    char *a = canonical("  train: a.h5:x\n"), *b = canonical("  train: a.h5:x\n  scale: unit\n");
    assert_string_not_equal(a, b);
    free(a);
    free(b);
}

static void looks_for_files_in_their_places(void **state)
{
    (void)state;
    struct err e = {0};
    char *path = mem_format("%s/a.h5", folder), *data = mem_format("%s/data", folder);
    fclose(fopen(path, "w"));
    char *found = data_resolve("a.h5", folder, NULL, &e);
    assert_string_equal(found, path);
    free(found);
    found = data_resolve(path, NULL, NULL, &e);
    assert_string_equal(found, path);
    free(found);
    char *command = mem_format("mkdir %s && touch %s/a.h5", data, data);
    assert_int_equal(system(command), 0);
    free(command);
    found = data_resolve("a.h5", folder, NULL, &e);
    assert_memory_equal(found, data, strlen(data));
    free(found);
    no_error(&e);
    assert_null(data_resolve("b.h5", folder, NULL, &e));
    assert_int_equal(e.kind, ERR_DATA);
    assert_non_null(strstr(e.text, "data/b.h5"));
    assert_non_null(strstr(e.text, "jobs/get-data.sh"));
    free(path);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_kinds),
        cmocka_unit_test(filters_hold),
        cmocka_unit_test(compares_integers_exactly),
        cmocka_unit_test(refuses_mistakes_where_they_stand),
        cmocka_unit_test(finds_all_mistakes_in_one_pass),
        cmocka_unit_test(canonical_form_reads_as_itself),
        cmocka_unit_test(spellings_of_one_meaning_have_one_form),
        cmocka_unit_test(looks_for_files_in_their_places),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
