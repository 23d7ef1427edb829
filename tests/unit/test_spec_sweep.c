// Variables, settings of the command line, named models, and the trials of a grid.
// links: spec base
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spec/spec.h"
#include <stdlib.h>
#include <string.h>

static struct node *parse_good(const char *text)
{
    struct err e = {0};
    struct node *n = spec_parse("a.yaml", text, strlen(text), &e);
    assert_string_equal(e.text, "");
    assert_non_null(n);
    return n;
}

static struct spec_sweep *sweep_of(const char *text, struct err *e)
{
    struct node *root = parse_good(text);
    struct spec_sweep *s = spec_sweep_new(root, e);
    node_free(&root);
    return s;
}

static struct node *combination(const struct spec_sweep *s, int number, double value[8], struct err *e)
{
    spec_sweep_combination(s, -1, number, value);
    return spec_sweep_trial(s, &(struct sweep_point){.value = value}, e);
}

// All trials, a line each, behind the values of their keys.
static char *all_trials(const struct spec_sweep *s)
{
    struct text t = {0};
    text_add(&t, "%s", "");
    for (int i = 0; i < spec_sweep_combinations(s, -1); i++) {
        struct err e = {0};
        double value[8];
        char room[32];
        struct node *tree = combination(s, i, value, &e);
        for (int k = 0; k < spec_sweep_keys(s); k++)
            text_add(&t, "%s=%s ", spec_sweep_key(s, k), spec_sweep_value(s, k, value[k], room));
        assert_string_equal(e.text, "");
        node_emit_flow(tree, &t);
        text_add(&t, "\n");
        node_free(&tree);
    }
    return t.data;
}

static const struct {
    const char *text, *trials;
} good[] = {
    {"{}", "{}\n"},
    {"a: 1\nsweep:\n", "{a: 1}\n"},
    {"a: 1\nvariables: {}\nmodels:\nsweep: {over: {}}\n", "{a: 1}\n"},
    {"a: ${x}\nb: \"<${x}|${y}>\"\nvariables: {x: 1, y: two}\n", "{a: 1, b: \"<1|two>\"}\n"},
    {"a: ${x}\nb: [\"${x}\", {c: \"${y}\"}]\nvariables:\n  x: [1, 2]\n  y: {d: \"${z}-${z}\"}\n  z: 3\n",
        "{a: [1, 2], b: [[1, 2], {c: {d: 3-3}}]}\n"},
    {"a: ${x}\nvariables: {x: null}\n", "{a: null}\n"},
    {"a: 5 $ and {x}\n", "{a: \"5 $ and {x}\"}\n"},
    // the last key varies fastest
    {"a: ${x}\nsweep: {over: {x: [1, 2], b: [u, v, w]}}\nb: 0\n",
        "x=1 b=u {a: 1, b: u}\nx=1 b=v {a: 1, b: v}\nx=1 b=w {a: 1, b: w}\n"
        "x=2 b=u {a: 2, b: u}\nx=2 b=v {a: 2, b: v}\nx=2 b=w {a: 2, b: w}\n"},
    {"a: ${x}\nsweep: {method: grid, over: {x: 7}}\n", "x=7 {a: 7}\n"},
    {"a: ${x}\nvariables: {x: 1}\nsweep: {over: {x: [2, 3]}}\n", "x=2 {a: 2}\nx=3 {a: 3}\n"},
    {"a: ${y}\nvariables: {y: \"${x}0\"}\nsweep: {over: {x: [2, 3]}}\n", "x=2 {a: 20}\nx=3 {a: 30}\n"},
    {"a: ${x}\nvariables: {big: 100, list: [1, \"${big}\"]}\nsweep: {over: {x: \"${list}\"}}\n",
        "x=1 {a: 1}\nx=100 {a: 100}\n"},
    {"train: {lr: 1}\nsweep: {over: {train.seed: [1, 2], train.lr: 3}}\n",
        "train.seed=1 train.lr=3 {train: {lr: 3, seed: 1}}\ntrain.seed=2 train.lr=3 {train: {lr: 3, seed: 2}}\n"},
    {"data: {normal: 5}\nsweep: {over: {data.normal: [[0], [1, 2], 3]}}\n",
        "data.normal=[0] {data: {normal: [0]}}\ndata.normal=[1, 2] {data: {normal: [1, 2]}}\n"
        "data.normal=3 {data: {normal: 3}}\n"},
    {"train:\nsweep: {over: {train.a.b: [1, 2]}}\n",
        "train.a.b=1 {train: {a: {b: 1}}}\ntrain.a.b=2 {train: {a: {b: 2}}}\n"},
    {"m: {e: [{d: 1}, {d: 2}]}\nsweep: {over: {\"m.e[1].d\": [5, null]}}\n",
        "m.e[1].d=5 {m: {e: [{d: 1}, {d: 5}]}}\nm.e[1].d=null {m: {e: [{d: 1}, {d: null}]}}\n"},
    {"train: ${t}\nvariables: {t: {a: 1}}\nsweep: {over: {train.b: 2}}\n", "train.b=2 {train: {a: 1, b: 2}}\n"},
    // models
    {"model: deep\nmodels: {shallow: {n: 1}, deep: {n: 2}}\n", "{model: {n: 2}}\n"},
    {"model: {n: 3}\nmodels: {deep: {n: 2}}\n", "{model: {n: 3}}\n"},
    {"model: ${m}\nvariables: {m: deep, k: 9}\nmodels: {deep: {n: \"${k}\"}}\n", "{model: {n: 9}}\n"},
    {"models: {shallow: {n: 1}, deep: {n: 2}}\nsweep: {over: {model: [shallow, deep, {n: 3}], model.k: 4}}\n",
        "model=shallow model.k=4 {model: {n: 1, k: 4}}\nmodel=deep model.k=4 {model: {n: 2, k: 4}}\n"
        "model={n: 3} model.k=4 {model: {n: 3, k: 4}}\n"},
    {"model: ${m}\nmodels: {a: {n: \"${c}\"}, b: {n: 0}}\nsweep: {over: {m: [a, b], c: [1, 2]}}\n",
        "m=a c=1 {model: {n: 1}}\nm=a c=2 {model: {n: 2}}\nm=b c=1 {model: {n: 0}}\nm=b c=2 {model: {n: 0}}\n"},
};

static void test_trials(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct err e = {0};
        struct spec_sweep *s = sweep_of(good[i].text, &e);
        if (!s)
            print_error("%s---\n%s", good[i].text, e.text);
        assert_non_null(s);
        char *trials = all_trials(s);
        assert_string_equal(trials, good[i].trials);
        free(trials);
        spec_sweep_free(&s);
        assert_null(s);
    }
}

static const struct {
    const char *text, *message;
} bad[] = {
    {"a", "a.yaml:1:1: found 'a', allowed: a spec of sections such as data, model and train\n"},
    {"", "a.yaml:1:1: found nothing, allowed: a spec of sections such as data, model and train\n"},
    {"a: ${cod}\nb:\n - \"${xyz}\"\nvariables: {code: 1}\nc: ${code}\n",
        "a.yaml:1:4: a: no variable 'cod'; did you mean 'code'?\n"
        "a.yaml:3:4: b[0]: no variable 'xyz', allowed: names under 'variables' or 'sweep.over'\n"},
    {"a: 1\nvariables: {x: 1, y: \"${y}\"}\n",
        "a.yaml:2:13: variables.x: variable 'x' is used nowhere\n"
        "a.yaml:2:22: variables.y: the variable stands for itself: 'y' uses 'y'\n"},
    {"a: ${x}\nvariables:\n  x: \"${y}\"\n  y: [\"${z}\"]\n  z: \"-${x}\"\n",
        "a.yaml:5:6: variables.z: the variable stands for itself: 'z' uses 'x'\n"},
    {"a: ${x\n", "a.yaml:1:4: a: found '${' without '}', allowed: ${name}, or a formula such as ${2 * name}\n"},
    {"a: \"${}\"\n", "a.yaml:1:4: a: in '${}': it ends where a number, a name, '-' or '(' is expected\n"},
    {"a: \"<${x}>\"\nvariables: {x: [1]}\n", "a.yaml:1:4: a: inside a string 'x' is a list, allowed: a single value\n"},
    {"variables: [x]\n", "a.yaml:1:12: variables: found a list, allowed: a section of names and values\n"},
    {"models: x\nsweep: [1]\n", "a.yaml:1:9: models: found 'x', allowed: a section of models by name\n"
                                "a.yaml:2:8: sweep: found a list, allowed: a section with method and over\n"},
    {"models: {m: 1}\nsweep: {over: 3}\n",
        "a.yaml:1:13: models.m: found '1', allowed: a model, with encoder and decoder\n"
        "a.yaml:2:15: sweep.over: found '3', allowed: a section of keys with lists of values\n"},
    {"sweep: {methd: grid}\n", "a.yaml:1:9: sweep.methd: unknown key; did you mean 'method'?\n"
                               "a.yaml:1:8: sweep.over: missing, allowed: a section\n"},
    {"sweep: {method: gird, over: {}}\n", "a.yaml:1:17: sweep.method: found 'gird', allowed: one of grid, random, "
                                          "sobol, halving, hyperband, tpe; did you mean 'grid'?\n"},
    // ranges and settings
    {"a: 1\nsweep: {over: {a: {uniform: [0, 1]}}}\n",
        "a.yaml:2:19: sweep.over.a: found a range, allowed with method grid: a list of values; methods random, sobol, "
        "halving, hyperband and tpe draw from ranges\n"},
    {"a: 1\nsweep: {method: random, over: {a: {unifrom: [0, 1]}}}\n",
        "a.yaml:2:36: sweep.over.a.unifrom: no such range; did you mean 'uniform'?\n"},
    {"a: 1\nb: 1\nc: 1\nd: 1\nsweep: {method: random, over: {a: {uniform: 1}, b: {integer: [1, 2.5]}, "
     "c: {log_uniform: [0, 1]}, d: {uniform: [2, 2]}}}\n",
        "a.yaml:5:45: sweep.over.a.uniform: allowed: the least and the greatest value, [LOW, HIGH]\n"
        "a.yaml:5:66: sweep.over.b.integer[1]: found '2.5', allowed: an integer up to 1e9\n"
        "a.yaml:5:91: sweep.over.c.log_uniform[0]: found '0', allowed in a logarithmic range: above 0\n"
        "a.yaml:5:112: sweep.over.d.uniform: found 2 and 2, allowed: the lower one first\n"},
    {"a: 1\nsweep: {method: random, startup: 5, over: {a: [1]}}\n",
        "a.yaml:2:25: sweep.startup: method random has no such setting, allowed: with tpe\n"},
    {"a: 1\nsweep: {trials: 5, over: {a: [1]}}\n",
        "a.yaml:2:9: sweep.trials: method grid has no such setting, allowed: with random, sobol, halving, tpe\n"},
    {"train: {}\nsweep: {repeats: 2, over: {train.seed: [1, 2]}}\n",
        "a.yaml:2:28: sweep.over.train.seed: found a list of seeds and repeats, allowed: one of them\n"},
    {"train: {}\ndata: ${code}\nsweep:\n  over:\n    cod: [1]\n    trian.seed: [1]\n    xyzzy: 1\n    code: 1\n",
        "a.yaml:5:5: sweep.over.cod: 'cod' is neither a variable nor a section; did you mean 'code'?\n"
        "a.yaml:6:5: sweep.over.trian.seed: 'trian' is neither a variable nor a section; did you mean 'train'?\n"
        "a.yaml:7:5: sweep.over.xyzzy: 'xyzzy' is neither a variable that ${xyzzy} uses nor a section\n"},
    {"a: 1\nsweep: {over: {a: [], b: 1}}\n",
        "a.yaml:2:19: sweep.over.a: found no values, allowed: a list of at least one\n"
        "a.yaml:2:23: sweep.over.b: 'b' is neither a variable nor a section; did you mean 'a'?\n"},
    {"a: 1\nsweep: {over: {a: }}\n", "a.yaml:2:19: sweep.over.a: found no values, allowed: a list of at least one\n"},
    {"a: ${b}\nb: 1\nsweep: {over: {b: 1}}\n",
        "a.yaml:3:16: sweep.over.b: this is a section and a variable, allowed: a variable of another name\n"},
    {"a: {b: 1}\nsweep: {over: {a.b.c: 1, \"a.b[0]\": 1, a..b: 2}}\n",
        "a.yaml:2:16: sweep.over.a.b.c: there is no 'a.b.c': 'a.b' is '1'\n"
        "a.yaml:2:26: sweep.over.a.b[0]: there is no 'a.b[0]': 'a.b' is '1'\n"
        "a.yaml:2:39: sweep.over.a..b: 'a..b' is no path, allowed: keys and numbers like train.epochs or "
        "encoder[0].dense\n"},
    {"a: \"${x}${y}\"\nvariables: {y: \"${x}\"}\nsweep: {over: {x: [1], a: [\"${x}\", \"${y}\"]}}\n",
        "a.yaml:3:28: sweep.over.a[0]: 'x' varies with the sweep, allowed in a sweep: variables that do not\n"
        "a.yaml:3:36: sweep.over.a[1]: 'y' varies with the sweep, allowed in a sweep: variables that do not\n"},
    {"model: dep\nmodels: {deep: {}, shallow: {}}\n",
        "a.yaml:1:8: model: found 'dep', allowed: a model of 'models'; did you mean 'deep'?\n"},
    {"models: {deep: {}, shallow: {}}\nsweep: {over: {model: [deep, conv, shalow]}}\n",
        "a.yaml:2:30: sweep.over.model[1]: found 'conv', allowed: a model of 'models': deep, shallow\n"
        "a.yaml:2:36: sweep.over.model[2]: found 'shalow', allowed: a model of 'models'; did you mean 'shallow'?\n"},
};

static void test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e = {0};
        assert_null(sweep_of(bad[i].text, &e));
        assert_string_equal(e.text, bad[i].message);
        assert_int_equal(e.kind, ERR_USAGE);
    }
}

// A mistake that shows only in some trials is reported for those.
static void test_bad_trial(void **state)
{
    (void)state;
    struct err e = {0};
    struct spec_sweep *s = sweep_of("a: \"<${x}>\"\nsweep: {over: {x: [1, [2]]}}\n", &e);
    assert_non_null(s);
    double value[8];
    assert_null(combination(s, 1, value, &e));
    assert_string_equal(e.text, "a.yaml:1:4: a: inside a string 'x' is a list, allowed: a single value\n");
    spec_sweep_free(&s);
}

static void test_places(void **state)
{
    (void)state;
    struct err e = {0};
    struct spec_sweep *s =
        sweep_of("a: {b: \"${x}\"}\nvariables:\n  x: [1,\n    2]\nsweep:\n  over:\n    a.c: [3]\n", &e);
    double value[8];
    struct node *tree = combination(s, 0, value, &e);
    spec_sweep_free(&s);
    node_error(node_path(tree, "a.b[1]"), &e, "x");
    node_key_error(node_path(tree, "a.b"), &e, "x");
    node_error(node_path(tree, "a.c"), &e, "x");
    node_key_error(node_path(tree, "a.c"), &e, "x");
    assert_string_equal(e.text, "a.yaml:4:5: a.b[1]: x\na.yaml:1:5: a.b: x\na.yaml:7:11: a.c: x\na.yaml:7:5: a.c: x\n");
    node_free(&tree);
}

// Values of ranges, and what a place in the sweep adds.
static void test_points(void **state)
{
    (void)state;
    struct err e = {0};
    struct spec_sweep *s = sweep_of("a: {b: \"${x}\", c: \"<${x}>\"}\ntrain: {seed: 40}\n"
                                    "sweep: {method: random, over: {x: {uniform: [0, 1]}, a.d: {integer: [1, 9]}, "
                                    "a.e: [u, v]}}\n",
        &e);
    assert_non_null(s);
    assert_int_equal(spec_sweep_combinations(s, -1), -1);
    assert_int_equal(spec_sweep_combinations(s, 0), 18);
    assert_int_equal(spec_sweep_seed_key(s), -1);
    struct sweep_point point = {.value = (double[]){0.125, 7, 1}, .repeat = 2, .epochs = 5};
    struct node *tree = spec_sweep_trial(s, &point, &e);
    struct text t = {0};
    node_emit_flow(tree, &t);
    assert_string_equal(t.data, "{a: {b: 0.125, c: \"<0.125>\", d: 7, e: v}, train: {seed: 42, epochs: 5}}");
    text_free(&t);
    node_free(&tree);
    spec_sweep_free(&s);
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
    struct err e = {0};
    struct spec_sweep *s = sweep_of(text, &e);
    assert_string_equal(e.text, message);
    assert_null(s);
    free(text);
}

static void test_limits(void **state)
{
    (void)state;
    char *thousand = repeat("a: 0\nb: 0\nc: 0\nsweep:\n  over:\n    a: &l [", "1, ", 1000, "]\n    b: *l\n");
    struct err e = {0};
    struct spec_sweep *s = sweep_of(thousand, &e);
    assert_int_equal(spec_sweep_combinations(s, -1), SPEC_MAX_TRIALS);
    double value[8];
    struct node *last = combination(s, SPEC_MAX_TRIALS - 1, value, &e);
    node_free(&last);
    spec_sweep_free(&s);
    assert_refused(repeat(thousand, "", 0, "    c: [1, 2]\n"), "a.yaml:6:5: sweep.over: more than 1000000 trials\n");
    free(thousand);
    // each variable stands for nine of the one before
    struct text t = {0};
    text_add(&t, "a: ${x7}\nvariables:\n  x0: 1\n");
    for (int i = 1; i < 8; i++)
        text_add(&t, "  x%d: [\"${x%d}\", \"${x%d}\", \"${x%d}\", \"${x%d}\", \"${x%d}\"]\n", i, i - 1, i - 1, i - 1,
            i - 1, i - 1);
    assert_refused(t.data,
        "a.yaml:10:35: variables.x7[3]: with its variables the spec is too large: at most 100000 values "
        "and 16 MiB of text\n");
    t = (struct text){0};
    text_add(&t, "a: \"${x25}\"\nvariables:\n  x0: 01234567890\n");
    for (int i = 1; i < 26; i++)
        text_add(&t, "  x%d: \"${x%d}${x%d}\"\n", i, i - 1, i - 1);
    assert_refused(t.data,
        "a.yaml:23:8: variables.x20: with its variables the spec is too large: at most 100000 values "
        "and 16 MiB of text\n");
    char *deep = repeat("a: [[\"${x}\"]]\nvariables: {x: ", "[", 62, "");
    assert_refused(repeat(deep, "]", 62, "}"), "a.yaml:1:6: a[0][0]: with 'x' the spec is deeper than 64 levels\n");
    free(deep);
    deep = repeat("a: {}\nsweep: {over: {a.b.c.d.e: [", "[", 60, "");
    assert_refused(
        repeat(deep, "]", 60, "]}}"), "a.yaml:1:1: a trial is too large: at most 64 levels and 100000 values\n");
    free(deep);
}

// A chain of variables as long as it may be is followed without a deep stack.
static void test_chain(void **state)
{
    (void)state;
    struct text t = {0};
    text_add(&t, "a: ${v999}\nvariables:\n  v0: end\n");
    for (int i = 1; i < 1000; i++)
        text_add(&t, "  v%d: ${v%d}\n", i, i - 1);
    struct err e = {0};
    struct spec_sweep *s = sweep_of(t.data, &e);
    assert_non_null(s);
    double value[8];
    struct node *tree = combination(s, 0, value, &e);
    assert_string_equal(node_get(tree, "a")->text, "end");
    node_free(&tree);
    spec_sweep_free(&s);
    text_add(&t, "  w: ${v999}\n");
    assert_refused(t.data, "a.yaml:3:3: variables: more than 1000 variables\n");
}

static const char base[] = "train: {epochs: 1, lr: 0.1}\ncode: ${code}\nvariables: {code: 4, n: \"${code}\"}\nb: ${n}\n"
                           "sweep: {over: {train.seed: [1, 2]}}\n";

// Settings, and all trials or the message.
static const struct {
    const char *text, *setting, *result;
} settings[] = {
    {"a: {b: 1}", "a.b=2", "{a: {b: 2}}\n"},
    {"a: {b: 1}", "a.c=[1, {d: e}]", "{a: {b: 1, c: [1, {d: e}]}}\n"},
    {"a: {b: 1}", "x.y.z=", "{a: {b: 1}, x: {y: {z: null}}}\n"},
    {"a: {b: 1}", "a.b=x=y", "{a: {b: x=y}}\n"},
    {"a: [{b: 1}]", "a[0].b=mnist.h5:train", "{a: [{b: mnist.h5:train}]}\n"},
    {"{}", "a=1", "{a: 1}\n"},
    {"", "a=1", "{a: 1}\n"},
    {base, "n=7",
        "train.seed=1 {train: {epochs: 1, lr: 0.1, seed: 1}, code: 4, b: 7}\n"
        "train.seed=2 {train: {epochs: 1, lr: 0.1, seed: 2}, code: 4, b: 7}\n"},
    {base, "train.seed=3", "train.seed=3 {train: {epochs: 1, lr: 0.1, seed: 3}, code: 4, b: 4}\n"},
    {base, "sweep.over.train.seed=[4]", "train.seed=4 {train: {epochs: 1, lr: 0.1, seed: 4}, code: 4, b: 4}\n"},
    {base, "sweep.over.train.lr=[1]",
        "train.seed=1 train.lr=1 {train: {epochs: 1, lr: 1, seed: 1}, code: 4, b: 4}\n"
        "train.seed=2 train.lr=1 {train: {epochs: 1, lr: 1, seed: 2}, code: 4, b: 4}\n"},
    {"a: {b: 1}", "sweep.over.a.b=[4]", "a.b=4 {a: {b: 4}}\n"},
    {"a: {b: 1}\nsweep: 3", "sweep.over.a.b=[4]", "--set: there is no 'sweep.over.a.b': 'sweep' is '3'\n"},
    {"a: {b: 1}", "sweep.over.=4",
        "--set: 'sweep.over.' is no path, allowed: keys and numbers like train.epochs or encoder[0].dense\n"},
    {"a: {b: 1}", "a.b", "--set: found 'a.b', allowed: KEY=VALUE, such as train.epochs=3\n"},
    {"a: {b: 1}", "=1", "--set: found '=1', allowed: KEY=VALUE, such as train.epochs=3\n"},
    {"a: {b: 1}", "a.b.c=1", "--set: there is no 'a.b.c': 'a.b' is '1'\n"},
    {"a: {b: 1}", "a[0]=1", "--set: there is no 'a[0]': 'a' is a section\n"},
    {"a: {b: 1}", "x[0]=1", "--set: there is no 'x[0]': 'x' is nothing\n"},
    {"a: {b: 1}", "a.=1", "--set: 'a.' is no path, allowed: keys and numbers like train.epochs or encoder[0].dense\n"},
    {"a: {b: 1}", "a.b=[1",
        "--set a.b:2:1: not YAML: did not find expected ',' or ']' while parsing a flow sequence that "
        "begins in line 1\n"},
    {"a: {b: 1}", "a.c=${x}", "--set: a.c: no variable 'x', allowed: names under 'variables' or 'sweep.over'\n"},
};

static void test_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct err e = {0};
        struct node *root = parse_good(settings[i].text), *before = node_copy(root);
        if (spec_set(root, settings[i].setting, &e) != 0)
            assert_true(node_equal(root, before));
        struct spec_sweep *s = e.count ? NULL : spec_sweep_new(root, &e);
        char *trials = s ? all_trials(s) : NULL;
        assert_string_equal(s ? trials : e.text, settings[i].result);
        free(trials);
        spec_sweep_free(&s);
        node_free(&root);
        node_free(&before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trials),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_bad_trial),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_points),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
