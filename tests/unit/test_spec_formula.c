// Formulas in ${}: their values, their mistakes, and what waits for the data.
// links: spec base
#include "base/mem.h"
#include "base/text.h"
#include "spec/spec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char variables[] = "variables: {code: 8, wide: 100, half: 0.5, a-b: 3, big: 9223372036854775807, word: "
                                "abc, list: [1], part: \"${features // 2}\", part2: \"${part * code}\"}\n"
                                "used: [\"${code}\", \"${wide}\", \"${half}\", \"${a-b}\", \"${big}\", \"${word}\", "
                                "\"${list}\"]\nmodel: [\"${part}\", \"${part2}\", ";

// Makes the trial of a spec with `value` as the last item of a list in `model`, and binds it to samples of 28 features
// and 4 steps. Returns the value as flow YAML, in new memory; NULL with errors.
static char *value_of(const char *value, struct err *e)
{
    char *text = mem_format("%s%s]\n", variables, value);
    struct node *root = spec_parse("a.yaml", text, strlen(text), e);
    struct spec_sweep *s = root ? spec_sweep_new(root, e) : NULL;
    struct node *tree = s ? spec_sweep_trial(s, &(struct sweep_point){0}, e) : NULL;
    struct node *bound = tree ? spec_bind(node_get(tree, "model"), &(struct spec_facts){28, 4}, e) : NULL;
    struct text out = {0};

    if (bound)
        node_emit_flow(bound->items[2], &out);
    node_free(&bound);
    node_free(&tree);
    spec_sweep_free(&s);
    node_free(&root);
    free(text);
    return out.data;
}

static const struct {
    const char *text, *value;
} good[] = {
    {"\"${code}\"", "8"},
    {"\"${ code }\"", "8"},
    {"\"${code * 4}\"", "32"},
    {"\"${code*4}\"", "32"},
    {"\"${4 * code + 1}\"", "33"},
    {"\"${4 * (code + 1)}\"", "36"},
    {"\"${2 - 3 - 4}\"", "-5"},
    {"\"${2 - (3 - 4)}\"", "3"},
    {"\"${-code}\"", "-8"},
    {"\"${- -code}\"", "8"},
    {"\"${code - 1}\"", "7"},
    {"\"${code -1}\"", "7"},
    {"\"${code- 1}\"", "7"},
    {"\"${a-b}\"", "3"},
    {"\"${a-b * 2}\"", "6"},
    {"\"${7 // 2}\"", "3"},
    {"\"${-7 // 2}\"", "-4"},
    {"\"${7 // -2}\"", "-4"},
    {"\"${7 % 3}\"", "1"},
    {"\"${-7 % 3}\"", "2"},
    {"\"${7 % -3}\"", "-2"},
    {"\"${8 / 2}\"", "4"},
    {"\"${7 / 2}\"", "3.5"},
    {"\"${code / 2 * half}\"", "2"},
    {"\"${7.5 // 2}\"", "3"},
    {"\"${7.5 % 2}\"", "1.5"},
    {"\"${-7.5 % 2}\"", "0.5"},
    {"\"${1e3 + .5}\"", "1000.5"},
    {"\"${1e-3 * 2}\"", "0.002"},
    {"\"${min(code, 3)}\"", "3"},
    {"\"${max(code, 3, wide // 2)}\"", "50"},
    {"\"${max(1, half)}\"", "1"},
    {"\"${min(7)}\"", "7"},
    {"\"${big - 1 + 1}\"", "9223372036854775807"},
    {"\"${9007199254740993 * 1}\"", "9007199254740993"},
    {"\"${-9223372036854775807 - 1}\"", "-9223372036854775808"},
    {"\"${(-9223372036854775807 - 1) % -1}\"", "0"},
    {"\"part${code + 1}of${wide}\"", "part9of100"},
    {"\"${word}${code}\"", "abc8"},
    {"\"x${code * 2}\"", "x16"},
    // what the data decide
    {"\"${features}\"", "28"},
    {"\"${length}\"", "4"},
    {"\"${features // length}\"", "7"},
    {"\"${part}\"", "14"},
    {"\"${part2}\"", "112"},
    {"\"${part2 + part * 2}\"", "140"},
    {"\"${max(code, features // 8)}\"", "8"},
    {"\"${wide - features}\"", "72"},
    {"\"${-part}\"", "-14"},
    {"\"<${part}>\"", "\"<14>\""},
    {"{a: [\"${features}\"]}", "{a: [28]}"},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct err e = {0};
        char *value = value_of(good[i].text, &e);
        if (!value)
            print_error("%s: %s", good[i].text, e.text);
        assert_non_null(value);
        assert_string_equal(value, good[i].value);
        free(value);
    }
}

static const struct {
    const char *text, *message;
} bad[] = {
    {"\"${code *}\"", "in '${code *}': it ends where a number, a name, '-' or '(' is expected"},
    {"\"${}\"", "in '${}': it ends where a number, a name, '-' or '(' is expected"},
    {"\"${* 2}\"", "in '${* 2}': found '*' where a number, a name, '-' or '(' is expected"},
    {"\"${code code}\"", "in '${code code}': found 'code' where an operator is expected"},
    {"\"${(code}\"", "in '${(code}': it ends where an operator or ')' is expected"},
    {"\"${code)}\"", "in '${code)}': found ')' where an operator is expected"},
    {"\"${2code + 1}\"", "in '${2code + 1}': found '2' where a number, a name, '-' or '(' is expected"},
    {"\"${code ** 2}\"", "in '${code ** 2}': found '*' where a number, a name, '-' or '(' is expected"},
    {"\"${code = 2}\"", "in '${code = 2}': found '=' where an operator is expected"},
    {"\"${a.b}\"", "in '${a.b}': found '.' where an operator is expected"},
    {"\"${1e999 + 1}\"", "in '${1e999 + 1}': found '1e999' where a number that double precision can hold is expected"},
    {"\"${sqrt(code)}\"", "in '${sqrt(code)}': no function 'sqrt', allowed: min, max"},
    {"\"${min()}\"", "in '${min()}': found ')' where a number, a name, '-' or '(' is expected"},
    {"\"${min(1 2)}\"", "in '${min(1 2)}': found '2' where ',' or ')' is expected"},
    {"\"${code\"", "found '${' without '}', allowed: ${name}, or a formula such as ${2 * name}"},
    {"\"${code // 0}\"", "in '${code // 0}': division by 0"},
    {"\"${code / (code - 8)}\"", "in '${code / (code - 8)}': division by 0"},
    {"\"${code % 0}\"", "in '${code % 0}': division by 0"},
    {"\"${1 / 0.0}\"", "in '${1 / 0.0}': division by 0"},
    {"\"${big + 1}\"", "in '${big + 1}': the result does not fit into 64 bits"},
    {"\"${big * 2}\"", "in '${big * 2}': the result does not fit into 64 bits"},
    {"\"${(-9223372036854775807 - 1) // -1}\"",
        "in '${(-9223372036854775807 - 1) // -1}': the result does not fit into 64 bits"},
    {"\"${1e300 * 1e300}\"", "in '${1e300 * 1e300}': the result is too large"},
    {"\"${word + 1}\"", "in a formula 'word' is 'abc', allowed: a number"},
    {"\"${list + 1}\"", "in a formula 'list' is a list, allowed: a number"},
    {"\"${cod * 2}\"", "no variable 'cod'; did you mean 'code'?"},
    {"\"${feature // 2}\"", "no variable 'feature'; did you mean 'features'?"},
    {"\"${code-1}\"", "no variable 'code-1'; did you mean 'code'?; hint: a minus needs blanks around it: ${a - b}"},
    {"\"${features // (length - 4)}\"",
        "in '${features // ( length - 4 )}' with features = 28 and length = 4: division by 0"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        char *value = value_of(bad[i].text, &e);
        char *message = mem_format("a.yaml:3:32: model[2]: %s\n", bad[i].message);
        assert_null(value);
        assert_string_equal(e.text, message);
        assert_int_equal(e.kind, ERR_USAGE);
        free(message);
    }
}

// Brackets are read by recursion, whose depth is limited.
static void test_nesting(void **state)
{
    (void)state;
    struct err e = {0};
    struct text t = {0};
    text_add(&t, "\"${");
    for (int i = 0; i < 10000; i++)
        text_add(&t, "(");
    text_add(&t, "}\"");
    assert_null(value_of(t.data, &e));
    assert_non_null(strstr(e.text, "more than 64 levels of brackets and signs"));
    text_free(&t);
}

// Only the model is made after the data are read.
static void test_only_in_model(void **state)
{
    (void)state;
    static const char text[] = "train: {batch_size: \"${2 * w}\"}\nvariables: {w: \"${features}\"}\n";
    struct err e = {0};
    struct node *root = spec_parse("a.yaml", text, strlen(text), &e);
    assert_null(spec_sweep_new(root, &e));
    assert_string_equal(e.text, "a.yaml:1:21: train.batch_size: found '${2 * (features)}': features and length are "
                                "known once the data are read, allowed: in model\n");
    node_free(&root);
}

// A variable that is called like a built-in name hides it.
static void test_own_variable(void **state)
{
    (void)state;
    static const char text[] = "train: {batch_size: \"${2 * features}\"}\nvariables: {features: 3}\n";
    struct err e = {0};
    struct node *root = spec_parse("a.yaml", text, strlen(text), &e);
    struct spec_sweep *s = spec_sweep_new(root, &e);
    struct node *tree = s ? spec_sweep_trial(s, &(struct sweep_point){0}, &e) : NULL;
    assert_non_null(tree);
    assert_string_equal(node_path(tree, "train.batch_size")->text, "6");
    node_free(&tree);
    spec_sweep_free(&s);
    node_free(&root);
}

// Values of a sweep can wait for the data, too.
static void test_swept(void **state)
{
    (void)state;
    static const char text[] =
        "model: {code: \"${code}\", hidden: \"${2 * code}\"}\nsweep: {over: {code: [\"${features // 4}\", 5]}}\n";
    static const char *const codes[] = {"7", "5"}, *const hidden[] = {"14", "10"};
    struct err e = {0};
    struct node *root = spec_parse("a.yaml", text, strlen(text), &e);
    struct spec_sweep *s = spec_sweep_new(root, &e);
    assert_non_null(s);
    for (int i = 0; i < 2; i++) {
        double value = i;
        struct node *tree = spec_sweep_trial(s, &(struct sweep_point){.value = &value}, &e);
        struct node *bound = spec_bind(node_get(tree, "model"), &(struct spec_facts){28, 4}, &e);
        assert_string_equal(node_get(bound, "code")->text, codes[i]);
        assert_string_equal(node_get(bound, "hidden")->text, hidden[i]);
        node_free(&bound);
        node_free(&tree);
    }
    spec_sweep_free(&s);
    node_free(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_only_in_model),
        cmocka_unit_test(test_own_variable),
        cmocka_unit_test(test_swept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
