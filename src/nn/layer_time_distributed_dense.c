// time_distributed_dense: the same dense layer on every time step: y = x kernel + bias along the last dimension.
#include "nn/nn_impl.h"

// I inputs, O outputs of a step
struct time_distributed_dense {
    int64_t units;
    bool use_bias;
    int kernel_initializer;
    double l1, l2;
};

static const struct field fields[] = {
    {.key = "time_distributed_dense",
        .type = FIELD_INT,
        .offset = offsetof(struct time_distributed_dense, units),
        .min = 1,
        .max = 1 << 20,
        .flags = FIELD_REQUIRED,
        .help = "outputs of every step; the last dimension of the input, one value a step of a vector, is what it sees "
                "(Keras: TimeDistributed(Dense), or Dense on a sequence)"},
    {.key = "use_bias",
        .type = FIELD_BOOL,
        .offset = offsetof(struct time_distributed_dense, use_bias),
        .standard = "true",
        .help = "whether a bias is added"},
    {.key = "kernel_initializer",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct time_distributed_dense, kernel_initializer),
        .standard = "glorot_uniform",
        .choices = initializer_names,
        .help = "initial weights (PyTorch: uniform in 1/sqrt(inputs)); biases start at 0"},
    {.key = "l1",
        .type = FIELD_REAL,
        .offset = offsetof(struct time_distributed_dense, l1),
        .standard = "0",
        .min = 0,
        .max = 1e6,
        .help = "penalty on the kernel: l1 times the sum of absolute values"},
    {.key = "l2",
        .type = FIELD_REAL,
        .offset = offsetof(struct time_distributed_dense, l2),
        .standard = "0",
        .min = 0,
        .max = 1e6,
        .help = "penalty on the kernel: l2 times the sum of squares (PyTorch's weight_decay is twice this)"},
    {0},
};

static int step_inputs(const struct layer *l)
{
    return l->in.rank == 1 ? 1 : l->in.dims[l->in.rank - 1];
}

static int build(struct layer *l, const struct node *at, struct err *e)
{
    const struct time_distributed_dense *c = l->config;
    int I = step_inputs(l), O = (int)c->units;
    if ((int64_t)I * O > 1 << 30)
        return node_error(at, e, "%d inputs x %d outputs make more than 2^30 weights", I, O);
    l->out = l->in;
    l->out.rank = l->in.rank == 1 ? 2 : l->in.rank;
    l->out.dims[l->out.rank - 1] = O;
    l->blocks[l->n_blocks++] = (struct block){.name = "kernel",
        .count = (size_t)I * (size_t)O,
        .rank = 2,
        .dims = {I, O},
        .initializer = c->kernel_initializer,
        .fan_in = I,
        .fan_out = O,
        .l1 = c->l1,
        .l2 = c->l2};
    if (c->use_bias)
        l->blocks[l->n_blocks++] =
            (struct block){.name = "bias", .count = (size_t)O, .rank = 1, .dims = {O}, .initializer = 0};
    return 0;
}

// The product adds to rows that hold the bias already: cheaper than zeroing them, and adding it afterwards.
static void forward(const struct layer *l, const struct pass *p)
{
    const struct time_distributed_dense *c = l->config;
    int I = step_inputs(l), O = (int)c->units, steps = p->rows * (shape_size(&l->in) / I);
    if (c->use_bias)
        kernels()->fill_rows(steps, O, p->w + l->blocks[1].offset, p->y);
    gemm(false, false, steps, O, I, p->x, p->w + l->blocks[0].offset, c->use_bias, p->y);
}

static void backward(const struct layer *l, const struct pass *p)
{
    const struct time_distributed_dense *c = l->config;
    int I = step_inputs(l), O = (int)c->units, steps = p->rows * (shape_size(&l->in) / I);
    gemm(true, false, I, O, steps, p->x, p->dy, 0, p->dw + l->blocks[0].offset);
    if (c->use_bias)
        kernels()->sum_rows(steps, O, p->dy, p->dw + l->blocks[1].offset);
    if (p->dx)
        gemm(false, true, steps, I, O, p->dy, p->w + l->blocks[0].offset, 0, p->dx);
}

const struct layer_type time_distributed_dense_layer = {
    .name = "time_distributed_dense",
    .fields = fields,
    .config_size = sizeof(struct time_distributed_dense),
    .build = build,
    .forward = forward,
    .backward = backward,
};
