// dense: y = x kernel + bias, every output connected to every input. An input of more dimensions is taken as flat.
#include "nn/nn_impl.h"

// B rows, I inputs, O outputs
struct dense {
    int64_t units;
    bool use_bias;
    int kernel_initializer;
    double l1, l2;
};

static const struct field fields[] = {
    {.key = "dense",
        .type = FIELD_INT,
        .offset = offsetof(struct dense, units),
        .min = 1,
        .max = 1 << 20,
        .flags = FIELD_REQUIRED,
        .help = "number of outputs; all dimensions of the input are flattened (Keras: the last one)"},
    {.key = "use_bias",
        .type = FIELD_BOOL,
        .offset = offsetof(struct dense, use_bias),
        .standard = "true",
        .help = "whether a bias is added"},
    {.key = "kernel_initializer",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct dense, kernel_initializer),
        .standard = "glorot_uniform",
        .choices = initializer_names,
        .help = "initial weights (PyTorch: uniform in 1/sqrt(inputs)); biases start at 0"},
    {.key = "l1",
        .type = FIELD_REAL,
        .offset = offsetof(struct dense, l1),
        .standard = "0",
        .min = 0,
        .max = 1e6,
        .help = "penalty on the kernel: l1 times the sum of absolute values"},
    {.key = "l2",
        .type = FIELD_REAL,
        .offset = offsetof(struct dense, l2),
        .standard = "0",
        .min = 0,
        .max = 1e6,
        .help = "penalty on the kernel: l2 times the sum of squares (PyTorch's weight_decay is twice this)"},
    {0},
};

static int build(struct layer *l, const struct node *at, struct err *e)
{
    const struct dense *c = l->config;
    int I = shape_size(&l->in), O = (int)c->units;
    if ((int64_t)I * O > 1 << 30)
        return node_error(at, e, "%d inputs x %d outputs make more than 2^30 weights", I, O);
    l->out = (struct shape){1, {O}};
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
    const struct dense *c = l->config;
    int I = shape_size(&l->in), O = (int)c->units;
    if (c->use_bias)
        kernels()->fill_rows(p->rows, O, p->w + l->blocks[1].offset, p->y);
    gemm(false, false, p->rows, O, I, p->x, p->w + l->blocks[0].offset, c->use_bias, p->y);
}

static void backward(const struct layer *l, const struct pass *p)
{
    const struct dense *c = l->config;
    int I = shape_size(&l->in), O = (int)c->units;
    gemm(true, false, I, O, p->rows, p->x, p->dy, 0, p->dw + l->blocks[0].offset);
    if (c->use_bias)
        kernels()->sum_rows(p->rows, O, p->dy, p->dw + l->blocks[1].offset);
    if (p->dx)
        gemm(false, true, p->rows, I, O, p->dy, p->w + l->blocks[0].offset, 0, p->dx);
}

const struct layer_type dense_layer = {
    .name = "dense",
    .fields = fields,
    .config_size = sizeof(struct dense),
    .build = build,
    .forward = forward,
    .backward = backward,
};
