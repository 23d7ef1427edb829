// YAML to a tree and back: what is read, what is refused and where, paths, canonical text.
// links: spec base
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "spec/spec.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct node *parse(const char *text, struct err *e)
{
    *e = (struct err){0};
    return spec_parse("a.yaml", text, strlen(text), e);
}

static struct node *parse_good(const char *text)
{
    struct err e;
    struct node *n = parse(text, &e);
    if (!n)
        print_error("%s---\n%s", text, e.text);
    assert_non_null(n);
    assert_int_equal(e.count, 0);
    return n;
}

static char *flow(const struct node *n)
{
    struct text t = {0};
    node_emit_flow(n, &t);
    return t.data;
}

// What is written, and how it looks on one line.
static const struct {
    const char *text, *flow;
} good[] = {
    {"", "null"},
    {"# nothing\n", "null"},
    {"a", "a"},
    {"{}", "{}"},
    {"[]", "[]"},
    {"a: 1\nb: [x, 'y', \"z\"]\n", "{a: 1, b: [x, y, z]}"},
    {"a: no\nb: 010\nc: 1e-3\nd: true", "{a: no, b: 010, c: 1e-3, d: true}"},
    {"a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: \"~\"\n", "{a: null, b: null, c: null, d: \"\", e: \"null\", f: \"~\"}"},
    {"a: &x {b: 1}\nc: *x\nd: [*x, *x]\n", "{a: {b: 1}, c: {b: 1}, d: [{b: 1}, {b: 1}]}"},
    {"a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"},
    {"a: |\n  two\n  lines\n", "{a: \"two\\nlines\\n\"}"},
    {"a: >-\n  two\n  lines\n", "{a: two lines}"},
    {"- [[1], [2, 3]]\n- - 4\n", "[[[1], [2, 3]], [4]]"},
    {"{dense: \"${code}\", activation: relu}", "{dense: \"${code}\", activation: relu}"},
    {"dense: ${code}", "{dense: \"${code}\"}"},
    {"a: mnist.h5:train\nb: NSP != 2\nc: -0.5\n", "{a: mnist.h5:train, b: NSP != 2, c: -0.5}"},
    {"a: 'x: y'\nb: '- z'\nc: '#'\nd: 'a #b'\ne: ' f '\n",
        "{a: \"x: y\", b: \"- z\", c: \"#\", d: \"a #b\", e: \" f \"}"},
    {"a: \"\\t\\x01\\\\\\\"\\u2028\\u00e9\\U0001F600\"", "{a: \"\\x09\\x01\\\\\\\"\\u2028\xc3\xa9\xf0\x9f\x98\x80\"}"},
    {"? a\n: 1\n", "{a: 1}"},
    {"'a b': 1\n\"c: d\": 2\n", "{a b: 1, \"c: d\": 2}"},
    {"--- \na: 1\n...\n", "{a: 1}"},
    {"\xef\xbb\xbf"
     "a: 1\n",
        "{a: 1}"},
};

static void test_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct node *n = parse_good(good[i].text);
        char *text = flow(n);
        assert_string_equal(text, good[i].flow);
        free(text);
        node_free(&n);
    }
}

// What is refused, and the whole message.
static const struct {
    const char *text, *message;
} bad[] = {
    {"a: 1\nb: 2\na: 3\n", "a.yaml:3:1: a: this key is in line 1 already\n"},
    {"x:\n  a: 1\n  a: 3\n  b: 1\n  b: 1\n",
        "a.yaml:3:3: a: this key is in line 2 already\na.yaml:5:3: b: this key is in line 4 already\n"},
    {"{a: 1, a: 2, a: 3}",
        "a.yaml:1:8: a: this key is in line 1 already\na.yaml:1:14: a: this key is in line 1 already\n"},
    {"a: !!int 3\n", "a.yaml:1:4: found the tag 'tag:yaml.org,2002:int', allowed: values without tags\n"},
    {"a: ! 3\n", "a.yaml:1:4: found the tag '!', allowed: values without tags\n"},
    {"a: !x {b: 1}\nc: !y [1]\n!z d: 1\n",
        "a.yaml:1:4: found the tag '!x', allowed: values without tags\na.yaml:2:4: found the tag '!y', allowed: values "
        "without tags\na.yaml:3:1: found the tag '!z', allowed: values without tags\n"},
    {"a: 1\n---\nb: 1\n", "a.yaml:2:1: found a second document, allowed: one in a file\n"},
    {"[1, 2]: 3\n", "a.yaml:1:1: found a list, section or alias as a key, allowed: a string\n"},
    {"a: &x 1\n*x : 3\n", "a.yaml:2:1: found a list, section or alias as a key, allowed: a string\n"},
    {"? {a: 1}\n: 3\n", "a.yaml:1:3: found a list, section or alias as a key, allowed: a string\n"},
    {"a: *x\n", "a.yaml:1:4: '*x' names no anchor above\n"},
    {"a: &x [*x]\n", "a.yaml:1:8: '*x' names no anchor above\n"},
    {"a: &x {b: 1}\nc:\n  <<: *x\n", "a.yaml:3:3: '<<': maps are not merged, allowed: an alias as the whole value\n"},
    {"a: 1\n'': 2\n", "a.yaml:2:1: found a key of 0 bytes, allowed: 1 to 128\n"},
    {"a: \"x\\0y\"\n", "a.yaml:1:4: a string holds the character NUL\n"},
    {"a: {b: ${c}}\n",
        "a.yaml:1:9: not YAML: did not find expected ',' or '}' while parsing a flow mapping that begins in "
        "line 1; inside { } and [ ] a variable stands in quotes: \"${name}\"\n"},
    {"a:\n\tb: 1\n",
        "a.yaml:2:1: not YAML: found character that cannot start any token while scanning for the next token that "
        "begins in line 2; indent with spaces, not tabs; put a string that begins with a special character in "
        "quotes\n"},
    {"a: [1, 2\nb: 3\n",
        "a.yaml:2:2: not YAML: did not find expected ',' or ']' while parsing a flow sequence that begins in "
        "line 1\n"},
    {"a: 1\n b: 2\n", "a.yaml:2:3: not YAML: mapping values are not allowed in this context\n"},
    {"a: 'x\n",
        "a.yaml:2:1: not YAML: found unexpected end of stream while scanning a quoted scalar that begins in line 1\n"},
    {"a: 1\nb: \xff\n", "a.yaml:2:4: not YAML: invalid leading UTF-8 octet\n"},
    {"a: \x01\n", "a.yaml:1:4: not YAML: control characters are not allowed\n"},
};

static void test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e;
        assert_null(parse(bad[i].text, &e));
        assert_string_equal(e.text, bad[i].message);
        assert_int_equal(e.kind, ERR_USAGE);
    }
}

static char *repeat(const char *begin, const char *text, int n, const char *end)
{
    struct text t = {0};
    text_add(&t, "%s", begin);
    for (int i = 0; i < n; i++)
        text_add(&t, "%s", text);
    text_add(&t, "%s", end);
    return t.data;
}

static void assert_refused(char *text, const char *message)
{
    struct err e;
    assert_null(parse(text, &e));
    assert_string_equal(e.text, message);
    free(text);
}

static void test_limits(void **state)
{
    (void)state;
    char *text = repeat("", "[", 64, "");
    char *closed = repeat(text, "]", 64, "");
    struct node *n = parse_good(closed);
    node_free(&n);
    free(closed);
    free(text);
    assert_refused(repeat("", "[", 65, ""), "a.yaml:1:65: deeper than 64 levels\n");
    assert_refused(repeat("", "[", 500000, ""), "a.yaml:1:65: deeper than 64 levels\n");
    assert_refused(repeat("", "{a: ", 500, ""), "a.yaml:1:257: deeper than 64 levels\n");
    assert_refused(repeat("[", "1, ", 100000, "]"),
        "a.yaml:1:299999: too large: at most 100000 values and 16 MiB of text, aliases counted as copies\n");
    assert_refused(repeat("", " ", SPEC_MAX_BYTES + 1, ""), "a.yaml: found more than 1 MiB of text, allowed: less\n");
    assert_refused(repeat("", "k", 129, ": 1"), "a.yaml:1:1: found a key of 129 bytes, allowed: 1 to 128\n");
    // nine copies of nine copies ...: a small text that would be a large tree
    struct text t = {0};
    text_add(&t, "a0: &a0 x\n");
    for (int i = 1; i < 10; i++)
        text_add(&t, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1,
            i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    assert_refused(
        t.data, "a.yaml:7:10: too large: at most 100000 values and 16 MiB of text, aliases counted as copies\n");
    char *anchor = repeat("a: &a ", "[", 40, ""), *list = repeat(anchor, "]", 40, "\n");
    char *fits = repeat(list, "", 0, "b: [[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]]]]");
    char *deeper = repeat(list, "", 0, "b: [[[[[[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]]]]]");
    n = parse_good(fits);
    node_free(&n);
    free(anchor);
    free(list);
    free(fits);
    assert_refused(deeper, "a.yaml:2:28: deeper than 64 levels\n");
}

static void test_many_messages(void **state)
{
    (void)state;
    struct err e;
    char *text = repeat("", "a: 1\n", 1000, "");
    assert_null(parse(text, &e));
    assert_int_equal(e.count, 999);
    assert_true(e.hidden > 0);
    free(text);
}

static void test_places(void **state)
{
    (void)state;
    struct node *root =
        parse_good("model:\n  encoder:\n    - {dense: 32, activation: relu}\n    - dense: \"${code}\"\n");
    struct node *n = node_path(root, "model.encoder[1].dense");
    assert_non_null(n);
    assert_string_equal(n->text, "${code}");
    assert_true(n->quoted);
    assert_int_equal(n->line, 4);
    assert_int_equal(n->column, 14);
    assert_int_equal(n->key_line, 4);
    assert_int_equal(n->key_column, 7);
    assert_string_equal(n->file, "a.yaml");
    char *name = node_name(n);
    assert_string_equal(name, "model.encoder[1].dense");
    free(name);
    const char *nowhere[] = {"", "model.", "model..encoder", "model.encoder[2]", "model.encoder[1", "model.encoder[-1]",
        "model[0]", "model.encoder.dense", "[0]", "model.encoder[1]dense", "model.encoder[99999999999999999999]"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        assert_null(node_path(root, nowhere[i]));
    node_free(&root);
    assert_null(root);
    node_free(&root);
}

static void test_builds(void **state)
{
    (void)state;
    struct node *map = node_new_map(), *list = node_add(map, "list", node_new_list());
    node_add(list, NULL, node_new_text("1"));
    node_add(list, NULL, node_new_text(NULL));
    node_add(map, "a", node_new_text("x"));
    node_add(map, "a", node_new_text("y"));
    assert_int_equal(map->n, 2);
    assert_int_equal(node_count(list), 2);
    assert_int_equal(node_count(node_get(map, "a")), 1);
    assert_int_equal(node_count(NULL), 0);
    assert_ptr_equal(node_item(node_get(map, "a"), 0), node_get(map, "a"));
    char *text = flow(map);
    assert_string_equal(text, "{list: [1, null], a: y}");
    free(text);
    struct node *taken = node_take(map, "list"), *copy = node_copy(taken);
    assert_true(node_equal(taken, copy));
    assert_null(node_get(map, "list"));
    assert_null(node_take(map, "list"));
    assert_null(taken->parent);
    node_free(&copy->items[1]);
    copy->n = 1;
    assert_false(node_equal(taken, copy));
    node_free(&copy);
    node_free(&taken);
    node_free(&map);
}

static void test_canonical(void **state)
{
    (void)state;
    struct node *n =
        parse_good("{name: x, data: {test: [a, {from: b, rows: [0]}]}, empty: {}, none: [], m: [[1], [[2]]], l: "
                   "[{a: {b: c}}]}");
    struct text t = {0};
    node_emit(n, &t);
    assert_string_equal(t.data, "name: x\n"
                                "data:\n"
                                "  test:\n"
                                "    - a\n"
                                "    - from: b\n"
                                "      rows: [0]\n"
                                "empty: {}\n"
                                "none: []\n"
                                "m:\n"
                                "  - [1]\n"
                                "  - - [2]\n"
                                "l:\n"
                                "  - a:\n"
                                "      b: c\n");
    text_free(&t);
    node_free(&n);
}

// A tree from numbers: every kind, awkward strings as keys and values.
static struct node *make_tree(uint32_t *seed, int depth)
{
    static const char *const texts[] = {"a", "null", "~", "", " ", "x: y", "-", "- a", "---", "...", "1e-3", "0x10",
        "no", "#", "a #b", "a:b", "a:", ":a", "[", "]", "{", "}", ",", "a, b", "\"", "'", "\\", "\n", "\t", "a\nb",
        "\r\n", "\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xc3\xa9", "\xf0\x9f\x98\x80", "!x", "&a", "*a",
        "?", "? a", "|", ">", "%a", "@", "`", "${x}", "$", "-1", "+1", ".5", "a ", " a", "a  b", "=", "<<", "12:30:00",
        "a,b", "!!int 3"};
    *seed = *seed * 1664525u + 1013904223u;
    unsigned pick = *seed >> 8;
    if (depth == 0 || pick % 4 == 0)
        return node_new_text(pick % 11 ? texts[pick / 4 % (sizeof texts / sizeof *texts)] : NULL);
    struct node *n = pick % 4 == 1 ? node_new_list() : node_new_map();
    for (unsigned i = 0; i < pick / 16 % 5; i++) {
        const char *key = texts[(pick / 64 + 7 * i) % (sizeof texts / sizeof *texts)];
        bool is_map = n->kind == NODE_MAP;
        node_add(n, is_map ? (*key && strcmp(key, "<<") != 0 ? key : "k") : NULL, make_tree(seed, depth - 1));
    }
    return n;
}

static void check_round_trip(const struct node *n)
{
    struct text block = {0}, again = {0}, line = {0};
    node_emit(n, &block);
    struct node *back = parse_good(block.data);
    node_emit(back, &again);
    assert_string_equal(block.data, again.data);
    assert_true(node_equal(n, back));
    node_free(&back);
    node_emit_flow(n, &line);
    back = parse_good(line.data);
    assert_true(node_equal(n, back));
    node_free(&back);
    text_free(&block);
    text_free(&again);
    text_free(&line);
}

static void test_round_trip(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int i = 0; i < 3000; i++) {
        struct node *n = make_tree(&seed, i % 6);
        check_round_trip(n);
        node_free(&n);
    }
}

// Bytes that are no UTF-8 must not make a text that cannot be read.
static void test_bytes(void **state)
{
    (void)state;
    const char *const texts[] = {"\xff", "a\xc3", "\xe2\x80", "\xc0\x80", "\xed\xa0\x80", "\xf7\xbf\xbf\xbf", "\x80z"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct node *n = node_new_text(texts[i]);
        char *text = flow(n);
        struct node *back = parse_good(text);
        assert_int_equal(back->kind, NODE_SCALAR);
        free(text);
        node_free(&back);
        node_free(&n);
    }
}

static void test_loads(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_spec_XXXXXX";
    assert_non_null(mkdtemp(folder));
    char *path = mem_format("%s/a.yaml", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("a: [1, 2]\n", f);
    fclose(f);
    struct err e = {0};
    struct node *n = spec_load(path, &e);
    assert_non_null(n);
    assert_string_equal(n->file, path);
    node_free(&n);
    unlink(path);
    assert_null(spec_load(path, &e));
    assert_non_null(strstr(e.text, "a.yaml: cannot be read: No such file or directory"));
    assert_null(spec_load(folder, &e));
    assert_non_null(strstr(e.text, "irectory"));
    rmdir(folder);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_many_messages),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_builds),
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_loads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
