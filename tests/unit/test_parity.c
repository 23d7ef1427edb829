// Training against PyTorch: losses of 20 steps and the weights after them, from the same weights on the same batches
// (stored by tests/parity/training_reference.py), with the batch as one part and in several shards.
// links: nn kernels spec base
#include "../parity/training_reference.h"
#include "nn_fixture.h"

// Of a loss, relative; of a weight. PyTorch's float against ours: adam and rmsprop divide by gradients that are nearly
// nothing, and so let rounding grow.
#define TOLERANCE 2e-5

enum { REFERENCES = sizeof references / sizeof *references, SHARDS = 4 };

// The same numbers as the script's: in [0, 1), exact in float.
struct numbers {
    uint32_t state;
};

static float next(struct numbers *n)
{
    n->state = 1664525 * n->state + 1013904223;
    return (float)(n->state >> 8) * 0x1p-24f;
}

struct trainer {
    const struct reference *f;
    struct model *m;
    struct optimizer o;
    struct workspace *ws;
    int shards;
    real *x;                                  // (rows, inputs)
    real *w, *g, *state[OPTIMIZER_MAX_SLOTS]; // (parameters)
    real *gradient[SHARDS];                   // (parameters)
};

static enum loss loss_named(const char *name)
{
    int loss = 0;
    while (strcmp(loss_names[loss], name) != 0)
        loss++;
    return (enum loss)loss;
}

static void fill_weights(struct trainer *t, struct numbers *numbers)
{
    for (int i = 0; i < t->m->n_layers; i++) {
        const struct layer *l = &t->m->layers[i];
        for (int k = 0; k < l->n_blocks; k++) {
            float scale = k ? 0.5f : shape_size(&l->in) <= 16 ? 1 : 0.25f;
            for (size_t p = 0; p < l->blocks[k].count; p++)
                t->w[l->blocks[k].offset + p] = scale * (next(numbers) - 0.5f);
        }
    }
}

static void trainer_init(struct trainer *t, const struct reference *f, int shards)
{
    struct err e;
    *t = (struct trainer){.f = f, .shards = shards};
    t->m = model_good(f->model, (struct shape){1, {f->inputs}}, loss_named(f->loss));
    if (optimizer_try(f->optimizer, &t->o, &e))
        fail_msg("%s: %s", f->name, e.text);
    t->ws = workspace_new(t->m, f->rows, true, &e);
    t->x = calloc((size_t)f->rows * (size_t)f->inputs, sizeof *t->x);
    t->w = calloc(t->m->parameters, sizeof *t->w);
    t->g = calloc(t->m->parameters, sizeof *t->g);
    for (int i = 0; i < shards; i++)
        t->gradient[i] = calloc(t->m->parameters, sizeof *t->g);
    for (int i = 0; i < optimizer_slots(&t->o); i++) {
        t->state[i] = calloc(t->m->parameters, sizeof *t->g);
        for (size_t p = 0; p < t->m->parameters; p++)
            t->state[i][p] = (real)optimizer_slot_start(&t->o);
    }
}

static void trainer_free(struct trainer *t)
{
    workspace_free(&t->ws);
    model_free(&t->m);
    free(t->x);
    free(t->w);
    free(t->g);
    for (int i = 0; i < SHARDS; i++)
        free(t->gradient[i]);
    for (int i = 0; i < OPTIMIZER_MAX_SLOTS; i++)
        free(t->state[i]);
}

// One step on the batch in t->x; returns its mean loss.
static double step(struct trainer *t, int64_t number)
{
    double loss = 0;
    for (int s = 0; s < t->shards; s++) {
        int first = t->f->rows * s / t->shards, rows = t->f->rows * (s + 1) / t->shards - first;
        const real *x = t->x + (size_t)first * (size_t)t->f->inputs;
        model_forward(t->m, t->w, t->ws, rows, x);
        t->ws->step.batch_rows = t->f->rows;
        loss += model_backward(t->m, t->w, t->ws, rows, x, t->gradient[s]);
    }
    kernels()->tree_sum(t->m->parameters, t->shards, (const real *const *)t->gradient, t->g);
    model_penalize(t->m, 0, t->m->parameters, t->w, t->g);
    struct update u = optimizer_update(&t->o, number, t->o.learning_rate);
    if (t->o.clip_norm > 0)
        u.clip_factor = optimizer_clip_factor(&t->o, sqrt(model_square_sum(t->m, 0, t->m->parameters, t->g)));
    optimizer_apply(&t->o, &u, t->m->parameters, t->w, t->g, t->state);
    return loss / t->f->rows;
}

static void check_weights(const struct trainer *t)
{
    int listed = 0;
    size_t number = 0; // of the weight, padding left out
    for (int i = 0; i < t->m->n_layers; i++)
        for (int k = 0; k < t->m->layers[i].n_blocks; k++) {
            const struct block *b = &t->m->layers[i].blocks[k];
            for (size_t p = 0; p < b->count; p++, number++) {
                if (number % (size_t)t->f->stride != 0)
                    continue;
                double found = (double)t->w[b->offset + p], wanted = t->f->weights[listed++];
                if (!(fabs(found - wanted) <= TOLERANCE))
                    fail_msg("%s, %d shards: layer %d, %s[%zu] is %.8g, not %.8g", t->f->name, t->shards, i, b->name, p,
                        found, wanted);
            }
        }
    assert_int_equal(listed, t->f->n);
}

static void check_reference(const struct reference *f, int shards)
{
    struct trainer t;
    struct numbers numbers = {1};
    trainer_init(&t, f, shards);
    fill_weights(&t, &numbers);
    for (int i = 0; i < REFERENCE_STEPS; i++) {
        for (int p = 0; p < f->rows * f->inputs; p++)
            t.x[p] = next(&numbers);
        double loss = step(&t, i + 1);
        if (!(fabs(loss - f->losses[i]) <= TOLERANCE * f->losses[i]))
            fail_msg("%s, %d shards: loss of step %d is %.8g, not %.8g", f->name, shards, i, loss, f->losses[i]);
    }
    check_weights(&t);
    trainer_free(&t);
}

static void test_pytorch(void **state)
{
    (void)state;
    for (int i = 0; i < REFERENCES; i++)
        for (int shards = 1; shards <= SHARDS && shards <= references[i].rows; shards *= 2)
            check_reference(&references[i], shards);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pytorch)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
