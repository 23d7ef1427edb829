// Layers that draw random numbers, normalise or penalise, against PyTorch: losses of 20 steps and the weights after
// them, from the same weights on the same batches with the same random numbers (stored by
// tests/parity/regularising_reference.py).
// links: nn kernels spec base
#include <stdbool.h>

#include "../parity/regularising_reference.h"
#include "nn_fixture.h"

#define TOLERANCE 2e-5 // of a loss, relative; of a weight: PyTorch's float against ours

// The same numbers as the script's: in [0, 1), exact in float.
static float next(uint32_t *state)
{
    *state = 1664525 * *state + 1013904223;
    return (float)(*state >> 8) * 0x1p-24f;
}

struct trainer {
    const struct reference *f;
    struct model *m;
    struct workspace *ws;
    real *w, *g; // (parameters)
};

// Calls `visit` for every trained block, in the order of the file.
static void each_block(
    struct trainer *t, void (*visit)(struct trainer *t, const struct block *b, void *context), void *context)
{
    for (int i = 0; i < t->m->n_layers; i++)
        for (int k = 0; k < t->m->layers[i].n_blocks; k++)
            if (!t->m->layers[i].blocks[k].is_statistic)
                visit(t, &t->m->layers[i].blocks[k], context);
}

static void fill_block(struct trainer *t, const struct block *b, void *context)
{
    for (size_t p = 0; p < b->count; p++)
        t->w[b->offset + p] = (b->rank == 2 ? 1 : 0.5f) * (next(context) - 0.5f);
}

static void check_block(struct trainer *t, const struct block *b, void *context)
{
    int *listed = context;
    for (size_t p = 0; p < b->count; p++) {
        double found = (double)t->w[b->offset + p], wanted = t->f->weights[(*listed)++];
        if (!(fabs(found - wanted) <= TOLERANCE))
            fail_msg("%s: %s[%zu] is %.8g, not %.8g", t->f->name, b->name, p, found, wanted);
    }
}

// One step of gradient descent on x; each step is an epoch. Returns the batch's loss.
static double step(struct trainer *t, uint32_t epoch, const real *x)
{
    int32_t sample[REFERENCE_ROWS];
    for (int i = 0; i < REFERENCE_ROWS; i++)
        sample[i] = 7 * i;
    t->ws->step =
        (struct step){.trains = true, .sums = t->f->sums, .seed = REFERENCE_SEED, .epoch = epoch, .sample = sample};
    if (model_attack_steps(t->m) > 0)
        model_attack(t->m, t->w, t->ws, REFERENCE_ROWS, x, t->g);
    model_forward(t->m, t->w, t->ws, REFERENCE_ROWS, x);
    t->ws->step.batch_rows = REFERENCE_ROWS;
    double loss = model_backward(t->m, t->w, t->ws, REFERENCE_ROWS, x, t->g);
    for (size_t p = 0; p < t->m->parameters; p++)
        t->w[p] -= reference_rate * t->g[p];
    return loss / REFERENCE_ROWS;
}

static void check_reference(const struct reference *f)
{
    struct err e = {0};
    struct trainer t = {.f = f, .m = model_good(f->model, (struct shape){1, {REFERENCE_INPUTS}}, LOSS_MSE)};
    real x[REFERENCE_ROWS * REFERENCE_INPUTS];
    uint32_t state = 1;
    t.ws = workspace_new(t.m, REFERENCE_ROWS, true, &e);
    t.w = calloc(t.m->parameters, sizeof *t.w);
    t.g = calloc(t.m->parameters, sizeof *t.g);
    for (int i = 0; i < t.m->layers[0].n_blocks; i++)
        if (t.m->layers[0].blocks[i].source == SOURCE_SPACING)
            t.w[t.m->layers[0].blocks[i].offset] = 1;
    each_block(&t, fill_block, &state);
    for (uint32_t i = 0; i < REFERENCE_STEPS; i++) {
        for (size_t p = 0; p < sizeof x / sizeof *x; p++)
            x[p] = next(&state);
        double loss = step(&t, i, x);
        if (!(fabs(loss - f->losses[i]) <= TOLERANCE * f->losses[i]))
            fail_msg("%s: loss of step %u is %.8g, not %.8g", f->name, i, loss, f->losses[i]);
    }
    int listed = 0;
    each_block(&t, check_block, &listed);
    assert_int_equal(listed, f->n);
    workspace_free(&t.ws);
    model_free(&t.m);
    free(t.w);
    free(t.g);
}

static void test_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++)
        check_reference(&references[i]);
}

// By hand: two shards' statistics add up to the batch's, running ones move towards it, and are what a pass without
// training takes.
static void test_running_statistics(void **state)
{
    (void)state;
    struct err e = {0};
    struct model *m = model_good("{encoder: [{batch_normalization: true, momentum: 0.75, epsilon: 0.5}],"
                                 " decoder: [{dense: 1, use_bias: false}]}",
        (struct shape){1, {1}}, LOSS_MSE);
    struct workspace *ws = workspace_new(m, 2, true, &e);
    const struct block *b = m->layers[0].blocks;
    real w[256] = {0}, g[2][256] = {{0}}, sum[256], x[] = {1, 3, 10, 20};
    struct optimizer o;
    assert_false(optimizer_try("{optimizer: sgd, learning_rate: 0}", &o, &e));
    assert_true(m->parameters <= 256);
    assert_int_equal(m->trainable, 3);
    model_initialize(m, 1, w);
    int32_t sample[] = {0, 1};
    for (int k = 0; k < 2; k++) {
        ws->step = (struct step){.trains = true, .sample = sample};
        model_forward(m, w, ws, 2, x + 2 * k);
        ws->step.batch_rows = 4;
        model_backward(m, w, ws, 2, x + 2 * k, g[k]);
    }
    for (size_t p = 0; p < m->parameters; p++)
        sum[p] = g[0][p] + g[1][p];
    struct update u = optimizer_update(&o, 1, 0);
    model_penalize(m, 0, m->parameters, w, sum);
    model_step(m, &o, &u, &(struct parameter_range){.n = m->parameters, .w = w, .g = sum});
    assert_float_equal(w[b[2].offset], 0.25 * (2 + 15) / 2, 1e-6);        // mean
    assert_float_equal(w[b[3].offset], 0.75 + 0.25 * (1 + 25) / 2, 1e-6); // variance
    ws->step = (struct step){0};
    model_forward(m, w, ws, 1, x);
    assert_float_equal(ws->y[0][0], (1 - 2.125) / sqrt(4.0 + 0.5), 1e-6);
    workspace_free(&ws);
    model_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pytorch),
        cmocka_unit_test(test_running_statistics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
