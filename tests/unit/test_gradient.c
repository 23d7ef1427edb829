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
    {"lstm", {2, {5, 3}},
        "encoder: [{lstm: 4}]\ndecoder: [{repeat_vector: 5}, {lstm: 4, return_sequences: true, l1: 0.01}, "
        "{time_distributed_dense: 3, activation: @o}]"},
    {"lstm", {1, {6}},
        "encoder: [{lstm: 2, return_sequences: true, bidirectional: true, l2: 0.03}, "
        "{lstm: 3, bidirectional: true, unit_forget_bias: false}]\n"
        "decoder: [{repeat_vector: 6}, {lstm: 2, bidirectional: true, return_sequences: true}, "
        "{time_distributed_dense: 1, activation: sigmoid}]"},
    {"lstm", {1, {1}}, "encoder: [{lstm: 1}]\ndecoder: [{dense: 1, activation: sigmoid}]"},
    {"gru", {2, {5, 3}},
        "encoder: [{gru: 4}]\ndecoder: [{repeat_vector: 5}, {gru: 4, return_sequences: true, l1: 0.01}, "
        "{time_distributed_dense: 3, activation: @o}]"},
    {"gru", {1, {6}},
        "encoder: [{gru: 2, return_sequences: true, bidirectional: true, l2: 0.03}, {gru: 3, bidirectional: true}]\n"
        "decoder: [{repeat_vector: 6}, {gru: 2, bidirectional: true, return_sequences: true}, "
        "{time_distributed_dense: 1, activation: sigmoid}]"},
    {"gru", {1, {1}}, "encoder: [{gru: 1}]\ndecoder: [{dense: 1, activation: sigmoid}]"},
    {"repeat_vector", {1, {3}},
        "encoder: [{dense: 2, activation: @a}]\n"
        "decoder: [{repeat_vector: 4, activation: @a}, {lstm: 2, return_sequences: true}, {dense: 3, activation: "
        "sigmoid}]"},
    {"repeat_vector", {1, {7}},
        "encoder: [{dense: 1, activation: @a}]\n"
        "decoder: [{repeat_vector: 7, activation: @a}, {time_distributed_dense: 1, activation: sigmoid}]"},
    {"time_distributed_dense", {2, {4, 3}},
        "encoder: [{time_distributed_dense: 2, activation: @a, use_bias: false}]\n"
        "decoder: [{time_distributed_dense: 3, activation: @o, l2: 0.03}]"},
    {"time_distributed_dense", {1, {5}},
        "encoder: [{time_distributed_dense: 3, activation: @a, l1: 0.02}]\n"
        "decoder: [{time_distributed_dense: 1, activation: sigmoid}]"},
    {"time_distributed_dense", {3, {2, 3, 4}},
        "encoder: [{time_distributed_dense: 1, activation: @a}]\n"
        "decoder: [{time_distributed_dense: 4, activation: @o}]"},
    // products of several tiles
    {"dense", {3, {5, 7, 2}}, "encoder: [{dense: 81, activation: @a}]\ndecoder: [{dense: 70, activation: @o}]"},
    {"dense", {1, {7}},
        "encoder: [{masking_noise: 0.2}, {dense: 5, activation: @a, l2: 0.1}, {dense: 3, activation: tanh}]\n"
        "decoder: [{dense: 5, activation: @a, tied: true}, {dense: 7, activation: @o, tied: true, use_bias: false}]"},
    // sparse codes
    {"dense", {1, {5}},
        "encoder: [{dense: 4, activation: tanh, activity_l1: 0.02}, {dense: 3, activation: @a, activity_l1: 0.1}]\n"
        "decoder: [{dense: 5, activation: @o}]"},
    {"dense", {1, {5}},
        "encoder: [{dense: 67, activation: sigmoid, sparsity_beta: 0.1, sparsity_rho: 0.2}]\n"
        "decoder: [{dense: 5, activation: @o}]"},
    // contractive: sums over the rows and the inputs, a kernel that a tied layer shares, and a layer that is not the
    // first
    {"dense", {1, {7}},
        "encoder: [{dense: 5, activation: sigmoid, contractive: 0.3}, {dense: 3, activation: tanh, contractive: 0.2}]\n"
        "decoder: [{dense: 5, activation: @a, tied: true}, {dense: 7, activation: @o, tied: true}]"},
    {"dense", {1, {3}},
        "encoder: [{dense: 4, contractive: 0.1}, {dense: 4, activation: softplus, contractive: 0.3}, "
        "{dense: 4, activation: gelu, contractive: 0.3}, {dense: 1, activation: silu, contractive: 0.7, use_bias: "
        "false}]\n"
        "decoder: [{dense: 3, activation: @o}]"},
    {"gaussian", {1, {6}},
        "encoder: [{dense: 5, activation: @a}, {gaussian: 3, beta: 0.4, warmup_epochs: 4}]\n"
        "decoder: [{dense: 6, activation: @o}]"},
    {"gaussian", {3, {3, 5, 1}},
        "encoder: [{gaussian: 1, activation: @a, kernel_initializer: he_uniform}]\ndecoder: [{dense: 15, activation: "
        "@o}]"},
    {"dropout", {1, {9}},
        "encoder: [{dropout: 0.2}, {dense: 5, activation: @a}, {dropout: 0.5}]\n"
        "decoder: [{dense: 9, activation: @o}]"},
    {"gaussian_noise", {2, {3, 3}},
        "encoder: [{gaussian_noise: 0.5, clip: [0, 1]}, {dense: 5, activation: @a}, {gaussian_noise: 0.3}]\n"
        "decoder: [{dense: 4, activation: tanh}, {gaussian_noise: 1, clip: [-1, 1]}, {dense: 9, activation: @o}]"},
    {"gaussian_noise", {1, {7}},
        "encoder: [{gaussian_noise: {relative: [0.3, 1]}}, {dense: 5, activation: @a}]\n"
        "decoder: [{dense: 7, activation: @o}]"},
    {"swap_noise", {2, {3, 3}},
        "encoder: [{swap_noise: 0.3}, {dense: 5, activation: @a}]\ndecoder: [{dense: 9, activation: @o}]"},
    {"adversarial_noise", {1, {7}},
        "encoder: [{adversarial_noise: 0.5}, {dense: 5, activation: @a}]\ndecoder: [{dense: 7, activation: @o}]"},
    // models without a decoder
    {"gaussian_noise", {1, {7}},
        "kind: noise_level\n"
        "encoder: [{gaussian_noise: {relative: {log_uniform: [0.1, 3]}}}, {dense: 5, activation: @a}, {dense: 1}]"},
    {"dense", {1, {7}}, "kind: svdd\nencoder: [{dense: 6, activation: @a}, {dense: 3}]"},
    {"conv2d", {2, {5, 7}},
        "kind: svdd\n"
        "encoder: [{conv2d: 3, kernel_size: 3, strides: 2, activation: @a}, {conv2d: 2, kernel_size: 2}]"},
    {"masking_noise", {1, {9}},
        "encoder: [{masking_noise: 0.3}, {dense: 5, activation: @a}, {masking_noise: 0.5}]\n"
        "decoder: [{dense: 9, activation: @o}]"},
    {"batch_normalization", {1, {6}},
        "encoder: [{batch_normalization: true}, {dense: 5}, {batch_normalization: true, activation: @a}]\n"
        "decoder: [{dense: 6, activation: @o}]"},
    {"batch_normalization", {3, {3, 5, 2}},
        "encoder: [{batch_normalization: true, activation: @a}, {dense: 1}, {batch_normalization: true}]\n"
        "decoder: [{batch_normalization: false}, {dense: 30, activation: @o}]"},
    {"layer_normalization", {1, {6}},
        "encoder: [{layer_normalization: true}, {dense: 5}, {layer_normalization: true, activation: @a}]\n"
        "decoder: [{dense: 6, activation: @o}]"},
    {"layer_normalization", {3, {3, 5, 2}},
        "encoder: [{layer_normalization: true, activation: @a}, {dense: 1}, {layer_normalization: true}]\n"
        "decoder: [{layer_normalization: false}, {dense: 30, activation: @o}]"},
    {"salt_and_pepper", {1, {9}},
        "encoder: [{salt_and_pepper: 0.3}, {dense: 5, activation: @a}, {salt_and_pepper: 0.5}]\n"
        "decoder: [{dense: 9, activation: @o}]"},
    // strips whole and in part, strides, odd sizes, both paddings, one channel and one row
    {"conv2d", {2, {5, 7}},
        "encoder: [{conv2d: 3, kernel_size: 3, padding: same, activation: @a}, {conv2d: 9, kernel_size: [2, 3], "
        "strides: 2, activation: @a}]\n"
        "decoder: [{conv2d: 1, kernel_size: 2, padding: same, activation: @a}, {dense: 35, activation: @o}]"},
    {"conv2d", {3, {6, 5, 2}},
        "encoder: [{conv2d: 17, kernel_size: 3, strides: [2, 3], padding: same, activation: @a, use_bias: false}]\n"
        "decoder: [{conv2d: 10, kernel_size: [3, 1], padding: same, strides: 1, l2: 0.01, activation: @o}]"},
    {"conv2d", {2, {1, 4}},
        "encoder: [{conv2d: 8, kernel_size: 3, padding: same, activation: @a}]\n"
        "decoder: [{conv2d: 1, kernel_size: [1, 2], padding: same}, {dense: 4, activation: @o}]"},
    {"conv1d", {1, {9}},
        "encoder: [{conv1d: 5, kernel_size: 4, strides: 2, activation: @a}]\n"
        "decoder: [{conv1d: 3, kernel_size: 3, padding: same, activation: @o}]"},
    {"conv1d", {2, {6, 2}},
        "encoder: [{conv1d: 4, kernel_size: 2, padding: same, activation: @a}]\n"
        "decoder: [{conv1d: 2, kernel_size: 5, padding: same, activation: @o}]"},
    {"conv2d_transpose", {2, {3, 4}},
        "encoder: [{conv2d: 2, kernel_size: 2, activation: @a}]\n"
        "decoder: [{conv2d_transpose: 9, kernel_size: 3, strides: 2, padding: same, activation: @a}, "
        "{conv2d_transpose: 1, kernel_size: [1, 2], strides: [2, 3], use_bias: false, activation: @a}, "
        "{dense: 12, activation: @o}]"},
    {"conv2d_transpose", {3, {2, 1, 3}},
        "encoder: [{conv2d_transpose: 4, kernel_size: [2, 3], strides: 1, activation: @a}]\n"
        "decoder: [{conv2d_transpose: 3, kernel_size: 2, strides: [3, 2], activation: @a}, {dense: 6, activation: "
        "@o}]"},
    {"max_pooling2d", {3, {5, 7, 3}},
        "encoder: [{conv2d: 9, kernel_size: 2, padding: same, activation: @a}, {max_pooling2d: 2, padding: same, "
        "activation: @a}]\n"
        "decoder: [{max_pooling2d: [2, 3], strides: 1}, {dense: 105, activation: @o}]"},
    {"max_pooling1d", {1, {11}},
        "encoder: [{conv1d: 2, kernel_size: 3, activation: @a}, {max_pooling1d: 3, strides: 2, padding: same}]\n"
        "decoder: [{dense: 11, activation: @o}]"},
    {"average_pooling2d", {2, {7, 5}},
        "encoder: [{conv2d: 9, kernel_size: 2, padding: same, activation: @a}, {average_pooling2d: 2, padding: same}]\n"
        "decoder: [{average_pooling2d: [3, 2], strides: [1, 2]}, {dense: 35, activation: @o}]"},
    {"average_pooling1d", {2, {7, 2}},
        "encoder: [{conv1d: 2, kernel_size: 2, activation: @a}, {average_pooling1d: 2}]\n"
        "decoder: [{dense: 14, activation: @o}]"},
    {"upsampling2d", {2, {2, 3}},
        "encoder: [{conv2d: 9, kernel_size: 2, activation: @a}, {upsampling2d: [2, 3], activation: @a}]\n"
        "decoder: [{upsampling2d: 2}, {dense: 6, activation: @o}]"},
    {"upsampling2d", {2, {3, 3}},
        "encoder: [{conv2d: 2, kernel_size: 2, activation: @a}, {upsampling2d: [3, 2], interpolation: bilinear}]\n"
        "decoder: [{upsampling2d: 1, interpolation: bilinear}, {dense: 9, activation: @o}]"},
    {"upsampling1d", {1, {4}},
        "encoder: [{conv1d: 3, kernel_size: 2, activation: @a}, {upsampling1d: 2}]\n"
        "decoder: [{dense: 4, activation: @o}]"},
    {"reshape", {2, {4, 3}},
        "encoder: [{dense: 8, activation: @a}, {reshape: [2, 2, 2], activation: @a}]\n"
        "decoder: [{conv2d: 3, kernel_size: 2, padding: same, activation: @a}, {reshape: 12, activation: @o}]"},
    {"flatten", {2, {4, 3}},
        "encoder: [{conv2d: 2, kernel_size: 2, activation: @a}, {flatten: true}]\n"
        "decoder: [{dense: 12}, {flatten: false, activation: @o}]"},
};

enum { ROWS = 13, CHECKED = 40, STREAM_X = 1, STREAM_W = 2 }; // parameters checked in each block
static const int rows_tested[] = {1, 2, ROWS};
static const int32_t sample[ROWS] = {3, 1, 4, 15, 9, 2, 6, 5, 35, 8, 97, 93, 23}; // any rows of a data set

// Layers that behave otherwise in training do so; their random numbers are those of rows [first, ...) of `sample`.
static struct step training(int first)
{
    return (struct step){.trains = true, .seed = 5, .epoch = 1, .sample = sample + first};
}

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

// The padding between blocks is NaN: code that reads it is found out.
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
    s.ws->step = training(0);
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
    double sum = (model_loss(s->m, s->ws, s->rows, s->x, NULL) + s->ws->penalty) / s->batch_rows;
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
static double difference(struct setup *s, size_t i, double h)
{
    const double w = s->w[i];
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
        double wanted = difference(s, i, 1e-4), found = s->dw[i];
        bool is_near = fabs(found - wanted) <= 1e-6 * fmax(fabs(wanted), largest / 100) + 1e-11;
        for (double h = 1e-6; !is_near && h > 5e-8; h /= 10) { // a kink of an absolute value or a relu may lie between:
            wanted = difference(s, i, h);                      // rarely in steps so small
            is_near = fabs(found - wanted) <= 1e-6 * fmax(fabs(wanted), largest / 100) + 1e-15 / h;
        }
        if (!is_near)
            fail_msg("%s: %s[%zu]: %.12g, by differences %.12g", s->name, b->name, i - b->offset, found, wanted);
        nonzero += found != 0;
    }
    return nonzero;
}

static int check_setup(struct setup *s)
{
    model_forward(s->m, s->w, s->ws, s->rows, s->x);
    s->ws->step.batch_rows = s->batch_rows;
    double loss = model_backward(s->m, s->w, s->ws, s->rows, s->x, s->dw);
    model_penalize(s->m, 0, s->m->parameters, s->w, s->dw);
    model_forward(s->m, s->w, s->ws, s->rows, s->x);
    double without = model_loss(s->m, s->ws, s->rows, s->x, NULL) + s->ws->penalty;
    if (loss != without)
        fail_msg("%s: loss %.17g with its gradient, %.17g without", s->name, loss, without);
    int nonzero = 0;
    for (int l = 0; l < s->m->n_layers; l++)
        for (int k = 0; k < s->m->layers[l].n_blocks; k++)
            nonzero += s->m->layers[l].blocks[k].is_statistic ? 0 : check_block(s, &s->m->layers[l].blocks[k]);
    return nonzero;
}

// Every activation with one loss and every loss with some activation; the first example has all pairs of them.
static bool is_checked(const struct example *ex, int loss, int a)
{
    int losses = 0;
    if (strncmp(ex->model, "kind: ", 6) == 0) // only their own loss
        return loss == LOSS_MSE;
    while (loss_names[losses])
        losses++;
    assert_true(losses <= ACTIVATION_COUNT);
    return ex == examples || (a + (int)(ex - examples)) % losses == loss;
}

static void check_example(const struct example *ex)
{
    for (int loss = 0; loss_names[loss]; loss++)
        for (int a = 0; a < ACTIVATION_COUNT; a++) {
            int nonzero = 0;
            for (size_t i = 0; is_checked(ex, loss, a) && i < sizeof rows_tested / sizeof *rows_tested; i++) {
                struct setup s = setup_new(ex, (enum activation)a, (enum loss)loss, rows_tested[i]);
                nonzero += check_setup(&s);
                setup_free(&s);
            }
            // else nothing was compared; softmax of one value is 1 whatever that is
            assert_true(nonzero > 0 || !is_checked(ex, loss, a) || (a == SOFTMAX && shape_size(&ex->input) == 1));
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

// Whether the loss of a batch is no sum over its rows.
static bool has_shard_statistics(const struct model *m)
{
    bool has = m->has_statistics;
    for (int i = 0; i < m->n_layers; i++)
        has = has || m->layers[i].activity.beta > 0;
    return has;
}

// The gradients of a batch's parts add up to the gradient of the batch.
static void test_parts_add_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        struct setup s = setup_new(&examples[i], ELU, LOSS_MSE, ROWS);
        if (has_shard_statistics(s.m)) {
            setup_free(&s);
            continue;
        }
        size_t n = s.m->parameters, width = (size_t)shape_size(&s.m->input);
        real *parts[2] = {mem_new(n, sizeof(real)), mem_new(n, sizeof(real))};
        const int cut = 5;
        model_forward(s.m, s.w, s.ws, ROWS, s.x);
        s.ws->step.batch_rows = ROWS;
        double whole = model_backward(s.m, s.w, s.ws, ROWS, s.x, s.dw), sum = 0;
        for (int k = 0; k < 2; k++) {
            const real *x = s.x + (size_t)(k ? cut : 0) * width;
            int rows = k ? ROWS - cut : cut;
            s.ws->step = training(k ? cut : 0);
            model_forward(s.m, s.w, s.ws, rows, x);
            s.ws->step.batch_rows = ROWS;
            sum += model_backward(s.m, s.w, s.ws, rows, x, parts[k]);
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
