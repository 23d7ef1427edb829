// Optimizer settings: Keras's defaults, what each optimizer refuses, canonical form, the numbers of a step.
// links: nn kernels spec base
#include "nn_fixture.h"

// The canonical form of each optimizer without settings: Keras's defaults.
#define CLIP ", clip_value: 0, clip_norm: 0}"
static const struct {
    const char *name, *all;
    int slots;
    double start;
} defaults[] = {
    {"sgd", "{optimizer: sgd, learning_rate: 0.01, momentum: 0, nesterov: false" CLIP, 1, 0},
    {"adagrad", "{optimizer: adagrad, learning_rate: 0.001, epsilon: 1e-07, initial_accumulator_value: 0.1" CLIP, 1,
        0.1},
    {"adadelta", "{optimizer: adadelta, learning_rate: 0.001, rho: 0.95, epsilon: 1e-07" CLIP, 2, 0},
    {"rmsprop",
        "{optimizer: rmsprop, learning_rate: 0.001, momentum: 0, rho: 0.9, epsilon: 1e-07, centered: false" CLIP, 3, 0},
    {"adam", "{optimizer: adam, learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-07, amsgrad: false" CLIP,
        2, 0},
    {"adamw",
        "{optimizer: adamw, learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-07, weight_decay: 0.004, "
        "amsgrad: false" CLIP,
        2, 0},
    {"nadam", "{optimizer: nadam, learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-07" CLIP, 2, 0},
};
enum { ADAM_ROW = 4 };

static char *written(const struct optimizer *o)
{
    struct node *map = node_new_map();
    struct text t = {0};
    optimizer_write(o, map);
    node_emit_flow(map, &t);
    node_free(&map);
    return t.data;
}

static void check_written(const char *yaml, const char *wanted)
{
    struct optimizer o;
    struct err e;
    if (optimizer_try(yaml, &o, &e))
        fail_msg("%s: %s", yaml, e.text);
    char *text = written(&o);
    assert_string_equal(text, wanted);
    free(text);
}

static void test_defaults(void **state)
{
    (void)state;
    int n = sizeof defaults / sizeof *defaults;
    for (int i = 0; optimizer_names[i]; i++) {
        char yaml[32];
        struct optimizer o;
        struct err e;
        assert_true(i < n); // a new one needs its row
        assert_string_equal(optimizer_names[i], defaults[i].name);
        snprintf(yaml, sizeof yaml, "optimizer: %s", defaults[i].name);
        check_written(yaml, defaults[i].all);
        check_written(defaults[i].all, defaults[i].all); // its own form is valid input
        assert_false(optimizer_try(yaml, &o, &e));
        assert_int_equal(optimizer_slots(&o), defaults[i].slots);
        assert_true(optimizer_slot_start(&o) == defaults[i].start);
    }
    check_written("{}", defaults[ADAM_ROW].all); // adam by default
}

static const char *const good[][2] = {
    {"{optimizer: sgd, learning_rate: 1, momentum: 0.5, nesterov: true}",
        "{optimizer: sgd, learning_rate: 1, momentum: 0.5, nesterov: true" CLIP},
    {"{optimizer: rmsprop, centered: true, momentum: 0.1, rho: 0}",
        "{optimizer: rmsprop, learning_rate: 0.001, momentum: 0.1, rho: 0, epsilon: 1e-07, centered: true" CLIP},
    {"{optimizer: adam, beta_1: 0, beta_2: 0.5, epsilon: 1}",
        "{optimizer: adam, learning_rate: 0.001, beta_1: 0, beta_2: 0.5, epsilon: 1, amsgrad: false" CLIP},
    {"{optimizer: adagrad, initial_accumulator_value: 0, learning_rate: 0}",
        "{optimizer: adagrad, learning_rate: 0, epsilon: 1e-07, initial_accumulator_value: 0" CLIP},
    {"{optimizer: adamw, amsgrad: true, weight_decay: 0.5, clip_norm: 1}",
        "{optimizer: adamw, learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-07, weight_decay: 0.5, "
        "amsgrad: true, clip_value: 0, clip_norm: 1}"},
};

// What is refused, and words that must be said of it.
static const struct {
    const char *yaml;
    int messages;
    const char *words[2];
} bad[] = {
    {"{optimizer: adam, momentum: 0.9}", 1, {"a.yaml:1:19: momentum: ", "adam has no such setting"}},
    {"{optimizer: adam, nesterov: false}", 1, {"nesterov: ", "adam has no such setting"}},
    {"{momentum: 0.9}", 1, {"momentum: ", "adam has no such setting"}},
    {"{optimizer: sgd, beta_1: 0.9}", 1, {"beta_1: ", "sgd has no such setting"}},
    {"{optimizer: sgd, epsilon: 1e-7}", 1, {"epsilon: ", "sgd has no such setting"}},
    {"{optimizer: sgd, centered: true}", 1, {"centered: ", "sgd has no such setting"}},
    {"{optimizer: adagrad, rho: 0.9}", 1, {"rho: ", "adagrad has no such setting"}},
    {"{optimizer: adadelta, initial_accumulator_value: 1}", 1, {"initial_accumulator_value: ", "adadelta has no"}},
    {"{optimizer: rmsprop, beta_2: 0.9, nesterov: true}", 2, {"beta_2: ", "nesterov: "}},
    {"{optimizer: adam, weight_decay: 0.1}", 1, {"weight_decay: ", "adam has no such setting"}},
    {"{optimizer: nadam, amsgrad: true}", 1, {"amsgrad: ", "nadam has no such setting"}},
    {"{clip_norm: 1, clip_value: 0.5}", 1, {"clip_norm: ", "one of the two"}},
    {"{clip_norm: -1}", 1, {"clip_norm: "}},
    {"{optimizer: adm}", 1, {"optimizer: ", "adam"}},
    {"{optimizer: sgd, momentum: 1}", 1, {"momentum: ", "1"}},
    {"{optimizer: sgd, momentum: -0.1}", 1, {"momentum: "}},
    {"{optimizer: sgd, learning_rate: -1}", 1, {"learning_rate: "}},
    {"{optimizer: sgd, learning_rate: nan}", 1, {"learning_rate: "}},
    {"{optimizer: adam, beta_2: 1}", 1, {"beta_2: "}},
    {"{optimizer: adam, epsilon: 0}", 1, {"epsilon: "}},
    {"{optimizer: adam, learning_rat: 0.1}", 1, {"did you mean 'learning_rate'?"}},
};

static void test_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        check_written(good[i][0], good[i][1]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct optimizer o;
        struct err e;
        if (!optimizer_try(bad[i].yaml, &o, &e))
            fail_msg("accepted: %s", bad[i].yaml);
        if (e.count != bad[i].messages || e.kind != ERR_USAGE)
            fail_msg("%d messages, not %d: %s\n%s", e.count, bad[i].messages, bad[i].yaml, e.text);
        for (int k = 0; k < 2 && bad[i].words[k]; k++)
            if (!strstr(e.text, bad[i].words[k]))
                fail_msg("'%s' is not said of %s, but\n%s", bad[i].words[k], bad[i].yaml, e.text);
    }
}

// Adam's bias correction lies in the learning rate; settings that an optimizer has not are 0 in its step.
static void test_update(void **state)
{
    (void)state;
    struct optimizer o;
    struct err e;
    assert_false(optimizer_try("{optimizer: adam, learning_rate: 0.5}", &o, &e));
    struct update first = optimizer_update(&o, 1, 0.25), late = optimizer_update(&o, 1000000, 0.25);
    assert_true(fabs(first.learning_rate - 0.25 * sqrt(0.001) / 0.1) < 1e-15);
    assert_true(late.learning_rate == 0.25);
    assert_true(first.beta_2 == 0.999 && first.momentum == 0 && first.rho == 0);
    assert_false(optimizer_try("{optimizer: sgd, momentum: 0.5}", &o, &e));
    first = optimizer_update(&o, 1, o.learning_rate);
    assert_true(first.learning_rate == 0.01 && first.momentum == 0.5 && first.beta_1 == 0 && first.epsilon == 0);
}

// Nadam's rates by their definition, step after step, early and long after they have settled.
static void test_nadam(void **state)
{
    (void)state;
    struct optimizer o;
    struct err e;
    double product = 1;
    assert_false(optimizer_try("{optimizer: nadam, beta_1: 0.999}", &o, &e));
    for (int64_t t = 1; t <= 3000; t++) {
        double now = 0.999 * (1 - 0.5 * pow(0.96, (double)t)), next = 0.999 * (1 - 0.5 * pow(0.96, (double)t + 1));
        product *= now;
        struct update u = optimizer_update(&o, t, 0.5);
        assert_true(fabs(u.learning_rate - 0.5 * next / (1 - product * next)) < 1e-12);
        assert_true(fabs(u.gradient_rate - 0.5 * (1 - now) / (1 - product)) < 1e-12);
        assert_true(fabs(u.square_factor * (1 - pow(0.999, (double)t)) - 1) < 1e-12);
    }
}

// A step in pieces, as threads do it, is the step in one.
static void test_pieces(void **state)
{
    (void)state;
    struct model *m =
        model_good("encoder: [{dense: 7, l1: 0.1, l2: 0.2}]\ndecoder: [{dense: 9, l2: 0.3, use_bias: false}]",
            (struct shape){1, {9}}, LOSS_MSE);
    struct optimizer o;
    struct err e;
    assert_false(optimizer_try("{optimizer: sgd, momentum: 0.9}", &o, &e));
    struct update u = optimizer_update(&o, 1, 0.5);
    size_t n = m->parameters;
    real *w[2], *g[2], *v[2];
    for (int k = 0; k < 2; k++) {
        w[k] = calloc(n, sizeof **w);
        g[k] = calloc(n, sizeof **g);
        v[k] = calloc(n, sizeof **v);
        model_initialize(m, 1, w[k]);
        for (size_t i = 0; i < n; i++)
            g[k][i] = (real)(i % 7) - 3;
        for (size_t at = 0, step = k ? 11 : n; at < n; at += step) {
            size_t length = n - at < step ? n - at : step;
            model_penalize(m, at, length, w[k] + at, g[k] + at);
            optimizer_apply(&o, &u, length, w[k] + at, g[k] + at, (real *[]){v[k] + at, NULL, NULL});
        }
    }
    assert_memory_equal(w[0], w[1], n * sizeof **w);
    assert_memory_equal(v[0], v[1], n * sizeof **v);
    for (int k = 0; k < 2; k++) {
        free(w[k]);
        free(g[k]);
        free(v[k]);
    }
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_update),
        cmocka_unit_test(test_nadam),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
