// Kinds of models, and layers of noise that know the training rows: how they are read and written.
// links: nn kernels spec base
#include "nn_fixture.h"

static const struct shape four = {1, {4}};

static char *written(const struct model *m)
{
    struct node *n = model_write(m);
    struct text t = {0};
    node_emit(n, &t);
    node_free(&n);
    return t.data;
}

// A model without a decoder has its own loss and error only, however it is written.
static void test_kinds(void **state)
{
    (void)state;
    struct err e;
    assert_null(model_try("kind: svdd\ncode: 2", four, LOSS_MAE, &e));
    assert_int_equal(e.count, 1);
    assert_non_null(strstr(e.text, "kind: found svdd with loss mae, allowed: loss mse"));

    struct model *m = model_good("kind: svdd\nhidden: [3]\ncode: 2", four, LOSS_MSE);
    struct model *listed =
        model_good("kind: svdd\nencoder: [{dense: 3, activation: relu}, {dense: 2}]", four, LOSS_MSE);
    assert_int_equal(m->n_layers, 2);
    assert_int_equal(m->trainable, 4 * 3 + 3 * 2);
    assert_int_equal(m->parameters, listed->parameters);
    assert_false(model_reconstructs(m));
    assert_int_equal(model_outputs(m), 2);
    assert_null(model_refuses_error(m, ERROR_DISTANCE));
    assert_non_null(model_refuses_error(m, ERROR_MSE));
    assert_non_null(model_refuses_error(m, ERROR_NOISE_LEVEL));
    model_free(&m);
    model_free(&listed);
}

// Models that are equal are written alike, however their noise is.
static void test_write_noise(void **state)
{
    (void)state;
    static const struct {
        const char *given, *written;
    } rows[] = {
        {"0.50", "gaussian_noise: 0.5"},
        {"{relative: 1.0}", "relative: [1]"},
        {"{relative: [5e-1, 1, 2.0]}", "relative: [0.5, 1, 2]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char yaml[200];
        snprintf(
            yaml, sizeof yaml, "encoder: [{gaussian_noise: %s}, {dense: 3}]\ndecoder: [{dense: 4}]", rows[i].given);
        struct model *m = model_good(yaml, four, LOSS_MSE);
        char *text = written(m);
        struct model *again = model_good(text, four, LOSS_MSE);
        char *twice = written(again);

        if (!strstr(text, rows[i].written))
            fail_msg("no '%s' in\n%s", rows[i].written, text);
        assert_string_equal(text, twice);
        assert_int_equal(model_noise_levels(m), i == 2 ? 3 : 1);
        free(text);
        free(twice);
        model_free(&m);
        model_free(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_write_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
