// Gradients against finite differences of the loss, in double: every layer of the registry with every activation, every
// loss and penalties. Signed: a gradient of the right size that points the wrong way fails.
// links: nn_double kernels_double spec base
#include "base/mem.h"
#include "base/random.h"
#include "nn/nn_impl.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Small autoencoders around each layer type: @a stands for the activation under test, @o for that of the output. Every
// type of the registry must have its own here.
static const struct example {
    const char *type;
    struct shape input;
    const char *model;
} examples[] = {
    {"dense", {1, {7}},
        "encoder: [{dense: 5, activation: tanh}, {dense: 3, activation: @a}]\n"
        "decoder: [{dense: 4, activation: @a}, {dense: 7, activation: @o}]"},
    {"dense", {1, {1}}, "encoder: [{dense: 1, activation: @a}]\ndecoder: [{dense: 1, activation: @o}]"},
    {"dense", {2, {3, 5}},
        "encoder: [{dense: 17, activation: @a, use_bias: false, kernel_initializer: he_normal}]\n"
        "decoder: [{dense: 9, activation: @a, use_bias: false}, {dense: 15, activation: @o}]"},
    {"dense", {1, {6}},
        "encoder: [{dense: 6, activation: @a, l1: 0.03, l2: 0.02}]\n"
        "decoder: [{dense: 2, activation: @a, l2: 0.1, use_bias: false}, {dense: 6, activation: @o, l1: 0.01}]"},
    // products too large for small_gemm
    {"dense", {3, {5, 7, 2}}, "encoder: [{dense: 81, activation: @a}]\ndecoder: [{dense: 70, activation: @o}]"},
};

enum { ROWS = 13, CHECKED = 40, STREAM_X = 1, STREAM_W = 2 }; // parameters checked in each block
static const int rows_tested[] = {1, 2, ROWS};

// One model with its data, and buffers for passes.
struct setup {
    char name[128];
    struct model *m;
    struct workspace *ws;
    int rows, batch_rows; // these rows are a part of a larger batch
    real *x;              // (rows, input)
    real *w, *dw;         // (parameters)
};

static real random_signed(uint32_t stream, size_t i)
{
    return 2 * (real)random_unit(random_at(7, RANDOM_SAMPLE, stream, i).v[0]) - 1;
}

static char *replaced(const char *text, const char *mark, const char *with)
{
    struct text t = {0};
    for (const char *at; (at = strstr(text, mark)); text = at + strlen(mark))
        text_add(&t, "%.*s%s", (int)(at - text), text, with);
    text_add(&t, "%s", text);
    return t.data;
}

static struct model *build(const struct example *ex, enum activation a, enum loss loss)
{
    struct err e = {0};
    enum activation out = loss == LOSS_BINARY_CROSSENTROPY ? SIGMOID : a;
    char *half = replaced(ex->model, "@a", activation_names[a]);
    char *text = replaced(half, "@o", activation_names[out]);
    struct node *section = spec_parse("model", text, strlen(text), &e);
    struct model *m = section ? model_new(section, &ex->input, loss, &e) : NULL;
    if (!m)
        fail_msg("%s", e.text);
    node_free(&section);
    free(half);
    free(text);
    return m;
}

// The padding between blocks is NaN: whoever reads it is found out.
static void fill_parameters(struct setup *s)
{
    real *initial = mem_new(s->m->parameters, sizeof *initial);
    model_initialize(s->m, 3, initial);
    for (size_t i = 0; i < s->m->parameters; i++)
        s->w[i] = s->dw[i] = (real)NAN;
    for (int l = 0; l < s->m->n_layers; l++)
        for (int k = 0; k < s->m->layers[l].n_blocks; k++) {
            const struct block *b = &s->m->layers[l].blocks[k];
            for (size_t i = b->offset; i < b->offset + b->count; i++)
                s->w[i] = initial[i] + random_signed(STREAM_W, i) / 4;
        }
    free(initial);
}

static struct setup setup_new(const struct example *ex, enum activation a, enum loss loss, int rows)
{
    struct err e = {0};
    struct setup s = {.m = build(ex, a, loss), .rows = rows, .batch_rows = rows + 4};
    char shape[48];
    snprintf(s.name, sizeof s.name, "%s %s, %s, %s, %d rows", ex->type, shape_text(shape, &ex->input),
        activation_names[a], loss_names[loss], rows);
    size_t n = (size_t)rows * (size_t)shape_size(&ex->input);
    s.ws = workspace_new(s.m, rows, true, &e);
    s.x = mem_new(n, sizeof *s.x);
    s.w = mem_new(s.m->parameters, sizeof *s.w);
    s.dw = mem_new(s.m->parameters, sizeof *s.dw);
    for (size_t i = 0; i < n; i++)
        s.x[i] = (1 + random_signed(STREAM_X, i)) / 2;
    fill_parameters(&s);
    return s;
}

static void setup_free(struct setup *s)
{
    workspace_free(&s->ws);
    model_free(&s->m);
    free(s->x);
    free(s->w);
    free(s->dw);
}

static double penalty(const struct block *b, const real *w)
{
    double sum = 0;
    for (size_t i = b->offset; i < b->offset + b->count; i++)
        sum += b->l1 * fabs(w[i]) + b->l2 * w[i] * w[i];
    return sum;
}

// What training makes smaller.
static double total_loss(struct setup *s)
{
    model_forward(s->m, s->w, s->ws, s->rows, s->x);
    double sum = model_loss(s->m, s->ws, s->rows, s->x, NULL) / s->batch_rows;
    for (int l = 0; l < s->m->n_layers; l++)
        for (int k = 0; k < s->m->layers[l].n_blocks; k++)
            sum += penalty(&s->m->layers[l].blocks[k], s->w);
    return sum;
}

static double loss_at(struct setup *s, size_t i, double value)
{
    double old = s->w[i];
    s->w[i] = value;
    double loss = total_loss(s);
    s->w[i] = old;
    return loss;
}

// d loss / d w[i] by central differences of fourth order.
static double difference(struct setup *s, size_t i)
{
    const double h = 1e-4, w = s->w[i];
    return (8 * (loss_at(s, i, w + h) - loss_at(s, i, w - h)) - (loss_at(s, i, w + 2 * h) - loss_at(s, i, w - 2 * h))) /
           (12 * h);
}

// Relative to the element, or to a hundredth of the block's largest where that is more. Returns the number of elements
// that are not zero.
static int check_block(struct setup *s, const struct block *b)
{
    double largest = 0;
    for (size_t i = b->offset; i < b->offset + b->count; i++)
        largest = fmax(largest, fabs(s->dw[i]));
    size_t step = b->count > CHECKED ? b->count / CHECKED : 1;
    int nonzero = 0;
    for (size_t i = b->offset; i < b->offset + b->count; i += step) {
        double wanted = difference(s, i), found = s->dw[i];
        if (!(fabs(found - wanted) <= 1e-6 * fmax(fabs(wanted), largest / 100) + 1e-11))
            fail_msg("%s: %s[%zu]: %.12g, by differences %.12g", s->name, b->name, i - b->offset, found, wanted);
        nonzero += found != 0;
    }
    return nonzero;
}

static int check_setup(struct setup *s)
{
    model_forward(s->m, s->w, s->ws, s->rows, s->x);
    double loss = model_backward(s->m, s->w, s->ws, s->rows, s->batch_rows, s->x, s->dw);
    model_penalize(s->m, 0, s->m->parameters, s->w, s->dw);
    model_forward(s->m, s->w, s->ws, s->rows, s->x);
    assert_true(loss == model_loss(s->m, s->ws, s->rows, s->x, NULL));
    int nonzero = 0;
    for (int l = 0; l < s->m->n_layers; l++)
        for (int k = 0; k < s->m->layers[l].n_blocks; k++)
            nonzero += check_block(s, &s->m->layers[l].blocks[k]);
    return nonzero;
}

// Every activation, every loss, several numbers of rows.
static void check_example(const struct example *ex)
{
    for (int loss = 0; loss_names[loss]; loss++)
        for (int a = 0; a < ACTIVATION_COUNT; a++) {
            int nonzero = 0;
            for (size_t i = 0; i < sizeof rows_tested / sizeof *rows_tested; i++) {
                struct setup s = setup_new(ex, (enum activation)a, (enum loss)loss, rows_tested[i]);
                nonzero += check_setup(&s);
                setup_free(&s);
            }
            // else nothing was compared; softmax of one value is 1 whatever that is
            assert_true(nonzero > 0 || (a == SOFTMAX && shape_size(&ex->input) == 1));
        }
}

static void test_every_layer(void **state)
{
    (void)state;
    for (int t = 0; layer_types[t]; t++) {
        int found = 0;
        for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
            if (strcmp(examples[i].type, layer_types[t]->name) == 0) {
                check_example(&examples[i]);
                found++;
            }
        if (!found)
            fail_msg("layer type %s has no example in this test", layer_types[t]->name);
    }
}

// The gradients of a batch's parts add up to the gradient of the batch.
static void test_parts_add_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct setup s = setup_new(&examples[i], ELU, LOSS_MSE, ROWS);
        size_t n = s.m->parameters, width = (size_t)shape_size(&s.m->input);
        real *parts[2] = {mem_new(n, sizeof(real)), mem_new(n, sizeof(real))};
        const int cut = 5;
        model_forward(s.m, s.w, s.ws, ROWS, s.x);
        double whole = model_backward(s.m, s.w, s.ws, ROWS, ROWS, s.x, s.dw), sum = 0;
        for (int k = 0; k < 2; k++) {
            const real *x = s.x + (size_t)(k ? cut : 0) * width;
            int rows = k ? ROWS - cut : cut;
            model_forward(s.m, s.w, s.ws, rows, x);
            sum += model_backward(s.m, s.w, s.ws, rows, ROWS, x, parts[k]);
        }
        assert_true(fabs(sum - whole) <= 1e-14 * whole);
        for (size_t p = 0; p < n; p++)
            if (!(isnan(s.dw[p]) || fabs(parts[0][p] + parts[1][p] - s.dw[p]) <= 1e-13))
                fail_msg("%s: %zu: %.17g + %.17g, not %.17g", s.name, p, parts[0][p], parts[1][p], s.dw[p]);
        free(parts[0]);
        free(parts[1]);
        setup_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_layer),
        cmocka_unit_test(test_parts_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
