// Missing values and feature weights: what is not there counts in no loss, gradient or error.
// links: nn kernels spec base
#include "nn_fixture.h"

enum { ROWS = 3, FEATURES = 4 };
static const char *const yaml = "encoder: [{dense: 3, activation: tanh}]\ndecoder: [{dense: 4, activation: sigmoid}]";

struct part {
    double loss;
    real dw[128];
    float error[ROWS];
};

// Loss, gradient and mean square errors of x at the same weights.
static struct part pass(enum loss loss, const real *weights, bool ignores_missing, const real *x)
{
    struct err e = {0};
    struct model *m = model_good(yaml, (struct shape){1, {FEATURES}}, loss);
    struct part p = {0};
    real w[128];
    m->ignores_missing = ignores_missing;
    if (weights)
        m->feature_weights = memcpy(malloc(FEATURES * sizeof *weights), weights, FEATURES * sizeof *weights);
    assert_true(m->parameters <= 128);
    model_initialize(m, 3, w);
    struct workspace *ws = workspace_new(m, ROWS, true, &e);
    model_forward(m, w, ws, ROWS, x);
    ws->step.batch_rows = ROWS;
    p.loss = model_backward(m, w, ws, ROWS, x, p.dw);
    model_errors(m, ws, ROWS, x, ERROR_MSE, p.error);
    workspace_free(&ws);
    model_free(&m);
    return p;
}

static void check_same(struct part a, struct part b, int loss)
{
    if (!(fabs(a.loss - b.loss) <= 1e-6 * fabs(b.loss)))
        fail_msg("%s: loss %.9g, not %.9g", loss_names[loss], a.loss, b.loss);
    for (int i = 0; i < 128; i++)
        if (!(fabsf(a.dw[i] - b.dw[i]) <= 1e-6f))
            fail_msg("%s: gradient %d is %.9g, not %.9g", loss_names[loss], i, (double)a.dw[i], (double)b.dw[i]);
}

// A feature that is missing everywhere is one of weight 0 whose input is 0.
static void test_missing(void **state)
{
    (void)state;
    real x[ROWS * FEATURES], gone[ROWS * FEATURES], zero[ROWS * FEATURES];
    static const real weights[FEATURES] = {1, 0, 1, 1};
    for (int i = 0; i < ROWS * FEATURES; i++) {
        x[i] = (real)(i % 5) / 5;
        gone[i] = i % FEATURES == 1 ? (real)NAN : x[i];
        zero[i] = i % FEATURES == 1 ? 0 : x[i];
    }
    for (int loss = 0; loss_names[loss]; loss++) {
        check_same(pass((enum loss)loss, NULL, true, gone), pass((enum loss)loss, weights, false, zero), loss);
        check_same(pass((enum loss)loss, NULL, true, x), pass((enum loss)loss, NULL, false, x), loss);
        assert_true(isnan(pass((enum loss)loss, NULL, false, gone).loss) || loss == LOSS_COSINE);
    }
}

static void test_errors(void **state)
{
    (void)state;
    real x[ROWS * FEATURES] = {0.5f, (real)NAN, 0.25f, 1, (real)NAN, (real)NAN, (real)NAN, (real)NAN, 0, 0, 0, 0};
    struct part p = pass(LOSS_MSE, NULL, true, x);
    assert_true(isfinite(p.error[0]) && p.error[0] > 0);
    assert_true(p.error[1] == 0); // nothing is known of it
    assert_true(isfinite(p.error[2]) && p.error[2] > 0);
    assert_true(fabs(p.loss - (double)p.error[0] - (double)p.error[2]) < 1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
