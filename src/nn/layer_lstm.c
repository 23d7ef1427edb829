// lstm: long short-term memory (Hochreiter and Schmidhuber 1997; forget gates: Gers et al. 2000), as in Keras and
// cuDNN. The sum x kernel + h recurrent_kernel + bias has four parts, in the order i f g o. Then i, f, o = sigmoid and
// g = tanh of their parts;
// c := f c + i g; h := o tanh(c).
#include "nn/recurrent.h"

#include "kernels/kernels.h"
#include <string.h>

static const struct field fields[] = {
    RECURRENT_FIELDS("lstm",
        "number of units; the first dimension of the input is time, and a vector has one value per "
        "step"),
    FIELD_ROW(recurrent, unit_forget_bias, "unit_forget_bias", FIELD_BOOL,
        "the bias of the forget gates starts at 1 instead of 0", .default_text = "true"),
    {0},
};

// Returns the number of reals that the cell keeps per row. It stores c (T + 1, B, U), which begins with zeros, tanh(c)
// (T, B, U), and the gradient of c (B, U).
static size_t lstm_own_size(size_t T, size_t U)
{
    return (2 * T + 2) * U;
}

static void lstm_cell_forward(const struct recurrent_pass *r)
{
    const size_t state = (size_t)r->B * (size_t)r->U, sums = (size_t)r->B * (size_t)r->G;
    real *c = r->own;
    real *tanh_c = c + (size_t)(r->T + 1) * state;
    real *h = r->h;
    real *gates = r->gates;
    ASSERT(r->G == 4 * r->U, "%d sums of %d units", r->G, r->U);
    memset(c, 0, state * sizeof *c);

    for (int t = 0; t < r->T; t++, c += state, tanh_c += state, h += state, gates += sums) {
        if (t > 0)
            gemm((struct gemm_shape){false, false, r->B, r->G, r->U}, h, r->recurrent, 1, gates);
        kernels()->lstm_forward(r->B, r->U, gates, c, c + state, tanh_c, h + state);
    }
}

static void lstm_cell_backward(const struct recurrent_pass *r)
{
    const size_t state = (size_t)r->B * (size_t)r->U, sums = (size_t)r->B * (size_t)r->G;
    real *c = r->own;
    real *tanh_c = c + (size_t)(r->T + 1) * state;
    real *dc = tanh_c + (size_t)r->T * state;
    memset(dc, 0, state * sizeof *dc);

    for (int t = r->T - 1; t >= 0; t--) {
        real *gates = r->gates + (size_t)t * sums;
        recurrent_add_gradient(r, t);
        kernels()->lstm_backward(r->B, r->U, gates, c + (size_t)t * state, tanh_c + (size_t)t * state, r->dh, dc);
        gemm((struct gemm_shape){false, true, r->B, r->U, r->G}, gates, r->recurrent, 0, r->dh);
    }

    gemm((struct gemm_shape){true, false, r->U, r->G, r->T * r->B}, r->h, r->gates, 0, r->drecurrent);
}

static const struct cell lstm_cell = {
    .gates = 4,
    .bias_rows = 1,
    .own_size = lstm_own_size,
    .forward = lstm_cell_forward,
    .backward = lstm_cell_backward,
};

static int lstm_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct recurrent *c = l->config;
    return recurrent_build(l, &lstm_cell, c->unit_forget_bias ? INITIALIZER_FORGET_GATE : ZEROS, at, e);
}

static void lstm_forward(const struct layer *l, const struct pass *p)
{
    recurrent_forward(l, &lstm_cell, p);
}

static void lstm_backward(const struct layer *l, const struct pass *p)
{
    recurrent_backward(l, &lstm_cell, p);
}

const struct layer_type lstm_layer = {
    .name = "lstm",
    .fields = fields,
    .config_size = sizeof(struct recurrent),
    .kernel_fields = layer_kernel_fields + KERNEL_ALWAYS_BIAS,
    .build = lstm_build,
    .forward = lstm_forward,
    .backward = lstm_backward,
};
