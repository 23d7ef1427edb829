// time_distributed_dense: applies the same dense layer, y = x kernel + bias, at every time step, along the last
// dimension.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include "spec/spec.h"

// The comments below write I for the inputs and O for the outputs of a step.
struct time_distributed_dense {
    int64_t units;
};

static const struct field fields[] = {
    FIELD_ROW(time_distributed_dense, units, "time_distributed_dense", FIELD_INT,
        "number of outputs per step; acts on the last dimension of the input, and a vector has one "
        "value per step (Keras: TimeDistributed(Dense), or Dense on a sequence)",
        .min = 1, .max = 1 << 20, .flags = FIELD_REQUIRED),
    {0},
};

// Returns the number of inputs of a step. A vector has one value per step.
static int inputs_per_step(const struct layer *l)
{
    return l->in.rank == 1 ? 1 : l->in.dims[l->in.rank - 1];
}

static int time_distributed_dense_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct time_distributed_dense *c = l->config;
    int I = inputs_per_step(l), O = (int)c->units;
    if ((int64_t)I * O > 1 << 30)
        return node_error(at, e, "%d inputs x %d outputs make more than 2^30 weights", I, O);

    l->out = l->in;
    l->out.rank = l->in.rank == 1 ? 2 : l->in.rank;
    l->out.dims[l->out.rank - 1] = O;
    l->uses = shape_size(&l->in) / I;
    layer_add_kernel(l, "kernel", I, O);
    if (l->kernel.use_bias)
        layer_add_bias(l, "bias", O);
    return 0;
}

static void time_distributed_dense_forward(const struct layer *l, const struct pass *p)
{
    const struct time_distributed_dense *c = l->config;
    int I = inputs_per_step(l), O = (int)c->units, steps = p->rows * (shape_size(&l->in) / I);
    const real *bias = l->kernel.use_bias ? p->w + l->blocks[1].offset : NULL;
    gemm_bias((struct gemm_shape){false, false, steps, O, I}, p->x, p->w + l->blocks[0].offset, bias, p->y);
}

static void time_distributed_dense_backward(const struct layer *l, const struct pass *p)
{
    const struct time_distributed_dense *c = l->config;
    int I = inputs_per_step(l), O = (int)c->units, steps = p->rows * (shape_size(&l->in) / I);
    gemm((struct gemm_shape){true, false, I, O, steps}, p->x, p->dy, 0, p->dw + l->blocks[0].offset);
    if (l->kernel.use_bias)
        kernels()->sum_rows(steps, O, p->dy, p->dw + l->blocks[1].offset);
    if (p->dx)
        gemm((struct gemm_shape){false, true, steps, I, O}, p->dy, p->w + l->blocks[0].offset, 0, p->dx);
}

const struct layer_type time_distributed_dense_layer = {
    .name = "time_distributed_dense",
    .fields = fields,
    .config_size = sizeof(struct time_distributed_dense),
    .kernel_fields = layer_kernel_fields,
    .build = time_distributed_dense_build,
    .forward = time_distributed_dense_forward,
    .backward = time_distributed_dense_backward,
};
