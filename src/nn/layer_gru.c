// gru: gated recurrent unit (Cho et al. 2014) as Keras (reset_after) and PyTorch have it: with a = x kernel + bias[0]
// and b = h recurrent_kernel + bias[1], in the order z r n: z, r = sigmoid(a + b); n = tanh(a + r b);
// h := z h + (1 - z) n.
#include "nn/recurrent.h"

static const struct field fields[] = {
    RECURRENT_FIELDS("gru", "number of units; the first dimension of the input is time, and a vector has one value per "
                            "step"),
    {0},
};

// b (T, B, 3 U); backward: its gradient
static size_t own(size_t T, size_t U)
{
    return T * 3 * U;
}

static void cell_forward(const struct recurrent_pass *r)
{
    size_t state = (size_t)r->B * (size_t)r->U, sums = (size_t)r->B * (size_t)r->G;
    real *b = r->own, *h = r->h, *gates = r->gates;
    for (int t = 0; t < r->T; t++, b += sums, h += state, gates += sums) {
        if (t > 0)
            gemm_bias((struct gemm_shape){false, false, r->B, r->G, r->U}, h, r->recurrent, r->bias + r->G, b);
        else
            kernels()->fill_rows(r->B, r->G, r->bias + r->G, b);
        kernels()->gru_forward(r->B, r->U, gates, b, h, h + state);
    }
}

static void cell_backward(const struct recurrent_pass *r)
{
    size_t state = (size_t)r->B * (size_t)r->U, sums = (size_t)r->B * (size_t)r->G;
    for (int t = r->T - 1; t >= 0; t--) {
        real *b = r->own + (size_t)t * sums;
        recurrent_add_gradient(r, t);
        kernels()->gru_backward(r->B, r->U, r->gates + (size_t)t * sums, b, r->h + (size_t)t * state, r->dh);
        gemm((struct gemm_shape){false, true, r->B, r->U, r->G}, b, r->recurrent, 1, r->dh);
    }
    gemm((struct gemm_shape){true, false, r->U, r->G, r->T * r->B}, r->h, r->own, 0, r->drecurrent);
    kernels()->sum_rows(r->T * r->B, r->G, r->own, r->dbias + r->G);
}

static const struct cell cell = {
    .gates = 3,
    .bias_rows = 2,
    .own = own,
    .forward = cell_forward,
    .backward = cell_backward,
};

static int build(struct layer *l, const struct node *at, struct err *e)
{
    return recurrent_build(l, &cell, ZEROS, at, e);
}

static void forward(const struct layer *l, const struct pass *p)
{
    recurrent_forward(l, &cell, p);
}

static void backward(const struct layer *l, const struct pass *p)
{
    recurrent_backward(l, &cell, p);
}

const struct layer_type gru_layer = {
    .name = "gru",
    .fields = fields,
    .config_size = sizeof(struct recurrent),
    .kernel_fields = layer_kernel_fields + KERNEL_ALWAYS_BIAS,
    .build = build,
    .forward = forward,
    .backward = backward,
};
