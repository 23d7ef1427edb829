// Convolutions, pooling and upsampling against PyTorch: losses of 20 steps of gradient descent and the weights after
// them, from the same weights on the same batches (stored by tests/parity/conv_reference.py).
// links: nn kernels spec base
#include "../parity/conv_reference.h"
#include "nn_fixture.h"

#define RATE      0.05
#define TOLERANCE 2e-5 // of a loss, relative; of a weight

// The same numbers as the script's: in [0, 1), exact in float.
static float next(uint32_t *state)
{
    *state = 1664525 * *state + 1013904223;
    return (float)(*state >> 8) * 0x1p-24f;
}

static void fill_weights(const struct model *m, uint32_t *numbers, real *w)
{
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++) {
            const struct block *b = &m->layers[i].blocks[k];
            for (size_t p = 0; p < b->count; p++)
                w[b->offset + p] = 0.5f * (next(numbers) - 0.5f);
        }
}

static void check_weights(const struct conv_reference *f, const struct model *m, const real *w)
{
    size_t number = 0, listed = 0;
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++) {
            const struct block *b = &m->layers[i].blocks[k];
            for (size_t p = 0; p < b->count; p++, number++) {
                if (number % CONV_STRIDE != 0)
                    continue;
                double found = (double)w[b->offset + p], wanted = f->weights[listed++];
                if (!(fabs(found - wanted) <= TOLERANCE))
                    fail_msg("%s: layer %d, %s[%zu] is %.8g, not %.8g", f->name, i, b->name, p, found, wanted);
            }
        }
    assert_int_equal(listed, f->n);
}

static void check_reference(const struct conv_reference *f)
{
    struct err e = {0};
    uint32_t numbers = 1;
    struct model *m = model_good(f->model, (struct shape){f->rank, {f->dims[0], f->dims[1], f->dims[2]}}, LOSS_MSE);
    struct workspace *ws = workspace_new(m, f->rows, true, &e);
    size_t n = (size_t)f->rows * (size_t)shape_size(&m->input);
    real *x = calloc(n, sizeof *x), *w = calloc(m->parameters, sizeof *w), *dw = calloc(m->parameters, sizeof *dw);
    fill_weights(m, &numbers, w);
    for (int i = 0; i < CONV_STEPS; i++) {
        for (size_t p = 0; p < n; p++)
            x[p] = next(&numbers);
        model_forward(m, w, ws, f->rows, x);
        ws->step.batch_rows = f->rows;
        double loss = model_backward(m, w, ws, f->rows, x, dw) / f->rows;
        if (!(fabs(loss - f->losses[i]) <= TOLERANCE * f->losses[i]))
            fail_msg("%s: loss of step %d is %.8g, not %.8g", f->name, i, loss, f->losses[i]);
        for (size_t p = 0; p < m->parameters; p++)
            w[p] -= (real)RATE * dw[p];
    }
    check_weights(f, m, w);
    workspace_free(&ws);
    model_free(&m);
    free(x);
    free(w);
    free(dw);
}

static void test_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conv_references / sizeof *conv_references; i++)
        check_reference(&conv_references[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pytorch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
