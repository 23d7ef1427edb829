// Configs read from maps by their tables and written back: defaults, every kind of mistake, the reference.
// links: spec base
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct config {
    bool nesterov;
    int64_t epochs;
    double rate;
    char *name, *about;
    int optimizer;
    struct field_ints rows;
    struct field_texts drop, missing;
    const struct node *encoder, *test;
};

static const char *const optimizers[] = {"sgd", "adam", NULL};
#define AT(member) offsetof(struct config, member)
static const struct field fields[] = {
    {"nesterov", FIELD_BOOL, AT(nesterov), .default_text = "false", .help = "looks ahead"},
    {"epochs", FIELD_INT, AT(epochs), .default_text = "10", .min = 1, .max = INFINITY,
        .help = "passes | over the rows"},
    {"rate", FIELD_REAL, AT(rate), .default_text = "1e-3", .min = 0, .max = 1, .flags = FIELD_MIN_EXCLUDED,
        .unit = "1/step", .help = "step"},
    {"name", FIELD_TEXT, AT(name), .flags = FIELD_REQUIRED, .help = "of the run"},
    {"about", FIELD_TEXT, AT(about), .default_text = "none", .flags = FIELD_COSMETIC, .help = "one sentence"},
    {"optimizer", FIELD_CHOICE, AT(optimizer), .default_text = "adam", .choices = optimizers, .help = "method"},
    {"rows", FIELD_INTS, AT(rows), .help = "row numbers"},
    {"drop", FIELD_TEXTS, AT(drop), .help = "columns"},
    {"missing", FIELD_TEXTS, AT(missing), .default_text = "NA", .help = "tokens"},
    {"encoder", FIELD_NODE, AT(encoder), .flags = FIELD_REQUIRED, .help = "layers"},
    {"test", FIELD_NODE, AT(test), .help = "sets"},
    {0},
};

static struct node *parse_good(const char *text)
{
    struct err e = {0};
    struct node *n = spec_parse("a.yaml", text, strlen(text), &e);
    assert_string_equal(e.text, "");
    return n;
}

static char *flow(const struct node *n)
{
    struct text t = {0};
    node_emit_flow(n, &t);
    return t.data;
}

static const struct {
    const char *text, *written;
} good[] = {
    {"{name: x, encoder: [1]}",
        "{nesterov: false, epochs: 10, rate: 0.001, name: x, about: none, optimizer: adam, missing: "
        "[NA], encoder: [1]}"},
    {"{name: '', encoder: {}, nesterov: true, epochs: 1e3, rate: 1, about: 'null', optimizer: sgd, rows: 3, drop: [a, "
     "'b, c'], "
     "missing: [], test: []}",
        "{nesterov: true, epochs: 1000, rate: 1, name: \"\", about: \"null\", optimizer: sgd, rows: [3], drop: [a, "
        "\"b, c\"], "
        "missing: [], encoder: {}, test: []}"},
    {"{name: no, encoder: x, about: ~, rows: [], drop: ~, missing: ~, test: null}",
        "{nesterov: false, epochs: 10, rate: 0.001, name: no, about: null, optimizer: adam, missing: [], encoder: x}"},
    {"{name: n, encoder: x, rows: [-1, 2, 9007199254740993], missing: '?', rate: 0.1}",
        "{nesterov: false, epochs: 10, rate: 0.1, name: n, about: none, optimizer: adam, rows: [-1, 2, "
        "9007199254740993], "
        "missing: [\"?\"], encoder: x}"},
};

static void test_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct err e = {0};
        struct config c = {0}, again = {0};
        struct node *map = parse_good(good[i].text);
        assert_int_equal(spec_read(map, fields, &c, &e), 0);
        assert_string_equal(e.text, "");
        struct node *written = spec_write(fields, &c, 0);
        char *text = flow(written);
        assert_string_equal(text, good[i].written);
        assert_int_equal(spec_read(written, fields, &again, &e), 0);
        struct node *twice = spec_write(fields, &again, 0);
        assert_true(node_equal(written, twice));
        free(text);
        node_free(&twice);
        node_free(&written);
        node_free(&map);
        field_free(fields, &c);
        field_free(fields, &again);
    }
}

static const struct {
    const char *text, *message;
} bad[] = {
    {"train:\n  epoch: 3\n  xyz: 1\n  name: x\n  encoder: x\n",
        "a.yaml:2:3: train.epoch: unknown key; did you mean 'epochs'?\n"
        "a.yaml:3:3: train.xyz: unknown key, allowed: nesterov, epochs, rate, name, about, optimizer, rows, drop, "
        "missing, "
        "encoder, test\n"},
    {"train:\n  epochs: 0\n  rate: 0\n  nesterov: yes\n  optimizer: adm\n  name: [x]\n  encoder: x\n  rows: [1, x, "
     "[2]]\n",
        "a.yaml:2:11: train.epochs: found '0', allowed: an integer at least 1\n"
        "a.yaml:3:9: train.rate: found '0', allowed: a number in (0, 1]\n"
        "a.yaml:4:13: train.nesterov: found 'yes', allowed: true or false\n"
        "a.yaml:5:14: train.optimizer: found 'adm', allowed: one of sgd, adam; did you mean 'adam'?\n"
        "a.yaml:6:9: train.name: found a list, allowed: a string\n"
        "a.yaml:8:13: train.rows[1]: found 'x', allowed: integers\n"
        "a.yaml:8:16: train.rows[2]: found a list, allowed: integers\n"},
    {"train:\n  epochs: 2.5\n  rate: {a: 1}\n  rows: {}\n",
        "a.yaml:2:11: train.epochs: found '2.5', allowed: an integer at least 1\n"
        "a.yaml:3:9: train.rate: found a section, allowed: a number in (0, 1]\n"
        "a.yaml:4:9: train.rows: found a section, allowed: integers\n"
        "a.yaml:2:3: train.name: missing, allowed: a string\n"
        "a.yaml:2:3: train.encoder: missing, allowed: a section\n"},
    {"train: {name: ~, encoder: ~, epochs: ~, optimizer: }",
        "a.yaml:1:15: train.name: found nothing, allowed: a string\n"
        "a.yaml:1:27: train.encoder: found nothing, allowed: a section\n"
        "a.yaml:1:38: train.epochs: found nothing, allowed: an integer at least 1\n"
        "a.yaml:1:52: train.optimizer: found nothing, allowed: one of sgd, adam\n"},
    {"train: 3\n", "a.yaml:1:8: train: found '3', allowed: a section\n"},
    {"train: [1]\n", "a.yaml:1:8: train: found a list, allowed: a section\n"},
    {"train:\n",
        "a.yaml:1:7: train.name: missing, allowed: a string\na.yaml:1:7: train.encoder: missing, allowed: a section\n"},
    {"{}", "name: missing, allowed: a string\nencoder: missing, allowed: a section\n"},
    {"train: {name: x, encoder: x, rate: .nan, epochs: \"1\\n2\"}",
        "a.yaml:1:36: train.rate: found '.nan', allowed: a number in (0, 1]\n"
        "a.yaml:1:50: train.epochs: found '1 2', allowed: an integer at least 1\n"},
    // fault: a number that underflows was taken for 0
    {"train: {name: x, encoder: x, rate: 1e-400, epochs: 1e-400}",
        "a.yaml:1:36: train.rate: found '1e-400', allowed: a number in (0, 1], and if not 0, of a size from 1.2e-38 to "
        "3.4e+38\n"
        "a.yaml:1:52: train.epochs: found '1e-400', allowed: an integer at least 1\n"},
    {"train: {name: x, encoder: x, rate: 1e-39, epochs: 1e400}",
        "a.yaml:1:36: train.rate: found '1e-39', allowed: a number in (0, 1], and if not 0, of a size from 1.2e-38 to "
        "3.4e+38\n"
        "a.yaml:1:51: train.epochs: found '1e400', allowed: an integer at least 1\n"},
    {"train: {name: x, encoder: x, rate: -1e999}",
        "a.yaml:1:36: train.rate: found '-1e999', allowed: a number in (0, 1], and if not 0, of a size from 1.2e-38 to "
        "3.4e+38\n"},
};

static void test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        struct config c = {0};
        struct node *root = parse_good(bad[i].text);
        assert_int_equal(spec_read(node_get(root, "train"), fields, &c, &e), -1);
        assert_string_equal(e.text, bad[i].message);
        assert_int_equal(e.kind, ERR_USAGE);
        field_free(fields, &c);
        node_free(&root);
    }
}

static void test_parts(void **state)
{
    (void)state;
    static const struct field few[] = {{"dense", FIELD_INT, 0, .min = 1, .max = 100, .flags = FIELD_REQUIRED}, {0}};
    struct err e = {0};
    struct config c = {0};
    int64_t dense = 0;
    const struct spec_part parts[] = {{few, &dense}, {fields, &c}};
    struct node *map = parse_good("{dense: 3, name: x, encoder: y, epochs: 4}");
    assert_int_equal(spec_read_parts(map, parts, 2, &e), 0);
    assert_int_equal(dense, 3);
    assert_int_equal(c.epochs, 4);
    field_free(fields, &c);
    node_free(&map);
    map = parse_good("{dens: 3, name: x, encoder: y}");
    assert_int_equal(spec_read_parts(map, parts, 2, &e), -1);
    assert_string_equal(e.text, "a.yaml:1:2: dens: unknown key; did you mean 'dense'?\n"
                                "a.yaml:1:1: dense: missing, allowed: an integer in [1, 100]\n");
    field_free(fields, &c);
    node_free(&map);
}

// Trees that a program made have no file; their paths are printed all the same.
static void test_made(void **state)
{
    (void)state;
    struct err e = {0};
    struct config c = {0};
    struct node *root = node_new_map(), *train = node_add(root, "train", node_new_map());
    node_add(train, "encoder", node_new_list());
    node_add(train, "epochs", node_new_text("x"));
    assert_int_equal(spec_read(train, fields, &c, &e), -1);
    assert_int_equal(spec_read(NULL, fields, &c, &e), -1);
    assert_string_equal(e.text, "train.epochs: found 'x', allowed: an integer at least 1\n"
                                "train.name: missing, allowed: a string\n"
                                "name: missing, allowed: a string\nencoder: missing, allowed: a section\n");
    field_free(fields, &c);
    node_free(&root);
}

// What does not decide results does not decide an identity either; how a number is written neither.
static void test_identity(void **state)
{
    (void)state;
    static const char *const texts[] = {"{name: x, encoder: x, rate: 1e-3, about: one}",
        "# other\nabout: two\nrate: 0.001\nname: 'x'\nencoder: x\nepochs: 10\n", "{name: x, encoder: x, rate: 0.002}"};
    struct text id[3] = {0};
    for (int i = 0; i < 3; i++) {
        struct err e = {0};
        struct config c = {0};
        struct node *map = parse_good(texts[i]);
        assert_int_equal(spec_read(map, fields, &c, &e), 0);
        struct node *written = spec_write(fields, &c, FIELD_COSMETIC);
        assert_null(node_get(written, "about"));
        node_emit(written, &id[i]);
        node_free(&written);
        node_free(&map);
        field_free(fields, &c);
    }
    assert_string_equal(id[0].data, id[1].data);
    assert_string_not_equal(id[0].data, id[2].data);
    for (int i = 0; i < 3; i++)
        text_free(&id[i]);
}

static void test_reference(void **state)
{
    (void)state;
    struct text t = {0};
    spec_reference(fields, &t);
    assert_non_null(strstr(t.data, "| key | type | default | range | unit | help |\n|---|---|---|---|---|---|\n"
                                   "| `nesterov` | true or false | false | | | looks ahead |\n"
                                   "| `epochs` | an integer | 10 | at least 1 | | passes \\| over the rows |\n"
                                   "| `rate` | a number | 1e-3 | in (0, 1] | 1/step | step |\n"
                                   "| `name` | a string | required | | | of the run |\n"));
    assert_non_null(strstr(t.data, "| `optimizer` | one of `sgd`, `adam` | adam | | | method |\n"));
    text_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_made),
        cmocka_unit_test(test_identity),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
