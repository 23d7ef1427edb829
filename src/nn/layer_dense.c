// dense: y = x kernel + bias, every output connected to every input. An input of more dimensions is flattened.
#include "nn/contractive.h"

#include "kernels/kernels.h"
#include "nn/nn_impl.h"
#include "spec/spec.h"

// The comments below write B for rows, I for inputs, and O for outputs.
struct dense {
    int64_t units;
    bool tied;
    double contractive;
};

static const struct field fields[] = {
    FIELD_ROW(dense, units, "dense", FIELD_INT,
        "number of outputs; the layer flattens its input (Keras: acts on the last dimension)", .min = 1, .max = 1 << 20,
        .flags = FIELD_REQUIRED),
    FLAG_ROW(dense, tied, "tied",
        "in the decoder: uses the transposed kernel of the mirrored dense layer of the encoder; "
        "only the bias is its own"),
    FIELD_ROW(dense, contractive, "contractive", FIELD_REAL,
        "adds to the loss this factor times the squared Frobenius norm of the Jacobian of this "
        "layer for a sample (Rifai et al. 2011, one hidden layer); for activations linear, "
        "sigmoid, tanh, softplus, gelu, silu",
        .default_text = "0", .max = 1e6),
    {0},
};

static bool dense_wants_tie(const struct layer *l)
{
    const struct dense *c = l->config;
    return c->tied;
}

static int check_tie(const struct layer *l, const struct node *at, struct err *e)
{
    const struct dense *c = l->config;
    int I = shape_size(&l->in), O = (int)c->units;

    if (l->tied->dims[0] != O || l->tied->dims[1] != I)
        return node_error(at, e,
            "tied: %d inputs and %d outputs, but its mirror in the encoder has %d inputs and %d outputs", I, O,
            l->tied->dims[0], l->tied->dims[1]);
    if (l->kernel.l1 > 0 || l->kernel.l2 > 0)
        return node_error(at, e, "tied: l1 and l2 are those of its mirror in the encoder, whose kernel it uses");
    return 0;
}

static int check_contractive(const struct layer *l, const struct node *at, struct err *e)
{
    ASSERT(l->activation >= 0 && l->activation < ACTIVATION_COUNT, "activation %d", (int)l->activation);
    if (l->tied)
        return node_error(at, e, "contractive: not of a layer that is tied, whose kernel is its mirror's");
    if (!activation_is_smooth(l->activation))
        return node_error(at, e,
            "contractive: found activation %s, allowed: linear, sigmoid, tanh, softplus, gelu, silu, whose second "
            "derivative exists everywhere",
            activation_names[l->activation]);
    return 0;
}

static int dense_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct dense *c = l->config;
    int I = shape_size(&l->in), O = (int)c->units;
    if ((int64_t)I * O > 1 << 30)
        return node_error(at, e, "%d inputs x %d outputs make more than 2^30 weights", I, O);
    l->out = (struct shape){1, {O}};
    if (l->tied && check_tie(l, at, e) != 0)
        return -1;

    if (c->contractive > 0) {
        if (check_contractive(l, at, e) != 0)
            return -1;
        l->kept = CONTRACTIVE_KEPT * (size_t)O;
        l->kept_once = CONTRACTIVE_KEPT_ONCE * (size_t)O;
    }

    if (!l->tied)
        layer_add_kernel(l, "kernel", I, O);
    if (l->kernel.use_bias)
        layer_add_bias(l, "bias", O);
    return 0;
}

static size_t dense_kernel_offset(const struct layer *l)
{
    return l->tied ? l->tied->offset : l->blocks[0].offset;
}

static size_t dense_bias_offset(const struct layer *l)
{
    const struct block *b = &l->blocks[l->tied ? 0 : 1]; // after the kernel, if the layer has its own
    ASSERT(l->kernel.use_bias && b < l->blocks + l->n_blocks, "%d blocks", l->n_blocks);
    return b->offset;
}

static struct contraction contraction_of(const struct layer *l, const struct pass *p)
{
    const struct dense *c = l->config;
    return (struct contraction){.strength = c->contractive,
        .f = l->activation,
        .B = p->rows,
        .I = shape_size(&l->in),
        .O = l->out.dims[0],
        .batch_rows = p->batch_rows,
        .w = p->w + dense_kernel_offset(l),
        .kept = p->kept};
}

static bool is_contracted(const struct layer *l, const struct pass *p)
{
    const struct dense *c = l->config;
    return c->contractive > 0 && p->step->trains;
}

static void dense_forward(const struct layer *l, const struct pass *p)
{
    const struct gemm_shape shape = {false, l->tied, p->rows, l->out.dims[0], shape_size(&l->in)};
    const real *bias = l->kernel.use_bias ? p->w + dense_bias_offset(l) : NULL;

    gemm_bias(shape, p->x, p->w + dense_kernel_offset(l), bias, p->y);
    if (is_contracted(l, p)) {
        const struct contraction c = contraction_of(l, p);
        *p->penalty += contractive_penalty(&c, p->y);
    }
}

// dw := the gradient of the kernel, or dw plus that gradient if the layer accumulates. If a caller waits for complete
// gradients (ws->gradient_done), computes the gradient in parts, beginning with the last rows, unless gemm_rows
// refuses.
static void kernel_gradient(const struct layer *l, const struct pass *p, const real *dy, real *dw)
{
    const int I = shape_size(&l->in), O = l->out.dims[0], part = block_part_rows(&l->blocks[0]);
    const struct gemm_shape shape = {true, false, I, O, p->rows};
    ASSERT(part > 0, "parts of %d rows", part);

    for (int last = I, first; last > 0; last = first) {
        first = last > part ? last - part : 0;
        if (!p->ws->gradient_done || !gemm_rows(first, last, shape, p->x, dy, l->accumulates, dw)) {
            gemm(shape, p->x, dy, l->accumulates, dw);
            first = 0;
        }
        gradient_done(p->ws, dense_kernel_offset(l) + (size_t)first * (size_t)O);
    }
}

// A tied kernel is (O, I). The backward pass reaches the layer of the decoder first, which stores the gradient of the
// kernel. Then the layer of the encoder adds to this gradient.
static void dense_backward(const struct layer *l, const struct pass *p)
{
    const int I = shape_size(&l->in), O = l->out.dims[0];
    const struct contraction c = contraction_of(l, p);
    const bool contracts = is_contracted(l, p);
    const real *w = p->w + dense_kernel_offset(l);
    const real *dy = contracts ? contractive_add_slope(&c, p->dy) : p->dy;
    real *dw = p->dw + dense_kernel_offset(l);

    if (l->kernel.use_bias)
        kernels()->sum_rows(p->rows, O, dy, p->dw + dense_bias_offset(l));

    if (l->tied)
        gemm((struct gemm_shape){true, false, O, I, p->rows}, dy, p->x, 0, dw);
    else if (contracts)
        gemm((struct gemm_shape){true, false, I, O, p->rows}, p->x, dy, l->accumulates, dw);
    else
        kernel_gradient(l, p, dy, dw);
    if (contracts)
        contractive_add_weights(&c, dw);

    if (p->dx)
        gemm((struct gemm_shape){false, !l->tied, p->rows, I, O}, dy, w, 0, p->dx);
}

const struct layer_type dense_layer = {
    .name = "dense",
    .fields = fields,
    .config_size = sizeof(struct dense),
    .kernel_fields = layer_kernel_fields,
    .build = dense_build,
    .wants_tie = dense_wants_tie,
    .forward = dense_forward,
    .backward = dense_backward,
};
