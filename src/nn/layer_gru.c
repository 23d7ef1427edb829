// gru: gated recurrent unit (Cho et al. 2014) as in Keras (reset_after) and PyTorch. a = x kernel + bias[0] and b = h
// recurrent_kernel + bias[1] have three parts each, in the order z r n. Then z, r = sigmoid(a + b); n = tanh(a + r b);
// h := z h + (1 - z) n.
#include "nn/recurrent.h"

#include "kernels/kernels.h"

static const struct field fields[] = {
    RECURRENT_FIELDS("gru", "number of units; the first dimension of the input is time, and a vector has one value per "
                            "step"),
    {0},
};

// Returns the number of reals that the cell keeps per row. It stores b (T, B, 3 U), which the backward pass replaces
// with its gradient.
static size_t gru_own_size(size_t T, size_t U)
{
    return T * 3 * U;
}

static void gru_cell_forward(const struct recurrent_pass *r)
{
    const size_t state = (size_t)r->B * (size_t)r->U, sums = (size_t)r->B * (size_t)r->G;
    real *b = r->own;
    real *h = r->h;
    real *gates = r->gates;
    ASSERT(r->G == 3 * r->U, "%d sums of %d units", r->G, r->U);

    for (int t = 0; t < r->T; t++, b += sums, h += state, gates += sums) {
        if (t > 0)
            gemm_bias((struct gemm_shape){false, false, r->B, r->G, r->U}, h, r->recurrent, r->bias + r->G, b);
        else
            kernels()->fill_rows(r->B, r->G, r->bias + r->G, b);
        kernels()->gru_forward(r->B, r->U, gates, b, h, h + state);
    }
}

static void gru_cell_backward(const struct recurrent_pass *r)
{
    const size_t state = (size_t)r->B * (size_t)r->U, sums = (size_t)r->B * (size_t)r->G;

    for (int t = r->T - 1; t >= 0; t--) {
        real *b = r->own + (size_t)t * sums;
        recurrent_add_gradient(r, t);
        kernels()->gru_backward(r->B, r->U, r->gates + (size_t)t * sums, b, r->h + (size_t)t * state, r->dh);
        gemm((struct gemm_shape){false, true, r->B, r->U, r->G}, b, r->recurrent, 1, r->dh);
    }

    gemm((struct gemm_shape){true, false, r->U, r->G, r->T * r->B}, r->h, r->own, 0, r->drecurrent);
    kernels()->sum_rows(r->T * r->B, r->G, r->own, r->dbias + r->G);
}

static const struct cell gru_cell = {
    .gates = 3,
    .bias_rows = 2,
    .own_size = gru_own_size,
    .forward = gru_cell_forward,
    .backward = gru_cell_backward,
};

static int gru_build(struct layer *l, const struct node *at, struct err *e)
{
    return recurrent_build(l, &gru_cell, ZEROS, at, e);
}

static void gru_forward(const struct layer *l, const struct pass *p)
{
    recurrent_forward(l, &gru_cell, p);
}

static void gru_backward(const struct layer *l, const struct pass *p)
{
    recurrent_backward(l, &gru_cell, p);
}

const struct layer_type gru_layer = {
    .name = "gru",
    .fields = fields,
    .config_size = sizeof(struct recurrent),
    .kernel_fields = layer_kernel_fields + KERNEL_ALWAYS_BIAS,
    .build = gru_build,
    .forward = gru_forward,
    .backward = gru_backward,
};
