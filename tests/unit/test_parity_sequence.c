// Sequence autoencoders against PyTorch: losses of 20 steps and the weights after them, from the same weights on the
// same batches (stored by tests/parity/sequence_reference.py), with the batch as one part and in two.
// links: nn kernels spec base
#include "../parity/sequence_reference.h"
#include "nn_fixture.h"

#define TOLERANCE 5e-5 // of a loss, relative; of a weight: PyTorch's float against ours, over 20 steps
enum { REFERENCES = sizeof references / sizeof *references };

// The same numbers as the script's: in [0, 1), exact in float.
static float next(uint32_t *state)
{
    *state = 1664525 * *state + 1013904223;
    return (float)(*state >> 8) * 0x1p-24f;
}

// Calls visit for every element of every block, in order.
static void each_weight(const struct model *m, void (*visit)(void *context, size_t at), void *context)
{
    for (int i = 0; i < m->n_layers; i++)
        for (int k = 0; k < m->layers[i].n_blocks; k++)
            for (size_t p = 0; p < m->layers[i].blocks[k].count; p++)
                visit(context, m->layers[i].blocks[k].offset + p);
}

struct run {
    const struct reference *f;
    struct model *m;
    real *w, *g[2]; // (parameters)
    uint32_t state;
    size_t number;
    int listed;
};

static void fill_weight(void *context, size_t at)
{
    struct run *r = context;
    r->w[at] = next(&r->state) - 0.5f;
}

static void check_weight(void *context, size_t at)
{
    struct run *r = context;
    if (r->number++ % (size_t)r->f->stride != 0)
        return;
    double wanted = r->f->weights[r->listed++];
    if (!(fabs((double)r->w[at] - wanted) <= TOLERANCE))
        fail_msg("%s: weight %zu is %.8g, not %.8g", r->f->name, r->number - 1, (double)r->w[at], wanted);
}

static void step_weight(void *context, size_t at)
{
    struct run *r = context;
    r->w[at] -= (real)REFERENCE_RATE * (r->g[0][at] + r->g[1][at]);
}

// One step on the batch x in `parts` parts; returns its mean loss.
static double step(struct run *r, struct workspace *ws, int parts, const real *x)
{
    double loss = 0;
    int B = r->f->rows;
    for (int k = 0; k < parts; k++) {
        int first = B * k / parts, rows = B * (k + 1) / parts - first;
        const real *part = x + first * r->f->steps * r->f->inputs;
        model_forward(r->m, r->w, ws, rows, part);
        ws->step.batch_rows = B;
        loss += model_backward(r->m, r->w, ws, rows, part, r->g[k]);
    }
    each_weight(r->m, step_weight, r);
    return loss / B;
}

static void check_reference(const struct reference *f, int parts)
{
    struct err e = {0};
    int width = f->steps * f->inputs;
    struct run r = {.f = f, .m = model_good(f->model, (struct shape){2, {f->steps, f->inputs}}, LOSS_MSE), .state = 1};
    struct workspace *ws = workspace_new(r.m, f->rows, true, &e);
    real *x = calloc((size_t)(f->rows * width), sizeof *x);
    r.w = calloc(r.m->parameters, sizeof *r.w);
    for (int k = 0; k < 2; k++)
        r.g[k] = calloc(r.m->parameters, sizeof *r.w);
    each_weight(r.m, fill_weight, &r);
    for (int i = 0; i < REFERENCE_STEPS; i++) {
        for (int p = 0; p < f->rows * width; p++)
            x[p] = next(&r.state);
        double loss = step(&r, ws, parts, x);
        if (!(fabs(loss - f->losses[i]) <= TOLERANCE * f->losses[i]))
            fail_msg("%s, %d parts: loss of step %d is %.8g, not %.8g", f->name, parts, i, loss, f->losses[i]);
    }
    each_weight(r.m, check_weight, &r);
    assert_int_equal(r.listed, f->n);
    workspace_free(&ws);
    model_free(&r.m);
    free(x);
    free(r.w);
    free(r.g[0]);
    free(r.g[1]);
}

static void test_pytorch(void **state)
{
    (void)state;
    for (int i = 0; i < REFERENCES; i++)
        for (int parts = 1; parts <= 2 && parts <= references[i].rows; parts++)
            check_reference(&references[i], parts);
}

// What has its own activations inside takes none; repeat_vector repeats vectors.
static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *model, *says;
    } bad[] = {
        {"encoder: [{lstm: 3, activation: relu}]\ndecoder: [{dense: 6}]", "relu, but lstm has its own"},
        {"encoder: [{gru: 3, activation: tanh}]\ndecoder: [{dense: 6}]", "tanh, but gru has its own"},
        {"encoder: [{lstm: 3, return_sequences: true}]\ndecoder: [{repeat_vector: 2}]", "has shape (6, 3)"},
        {"encoder: [{lstm: 0}]\ndecoder: [{dense: 6}]", "lstm"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct err e;
        struct model *m = model_try(bad[i].model, (struct shape){1, {6}}, LOSS_MSE, &e);
        assert_null(m);
        if (!strstr(e.text, bad[i].says))
            fail_msg("'%s' does not say '%s'", e.text, bad[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pytorch),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
