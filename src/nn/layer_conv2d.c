// conv2d and conv1d: every output channel of a place is a weighted sum over the window around it. As everywhere in this
// field the kernel is not turned: it is a correlation.
#include "nn/convolution.h"

static const struct field fields_2d[] = {
    CONVOLUTION_FIELDS("conv2d", "number of output channels (Keras: filters)",
        "[height, width] of the kernel, or one number for both"),
    {0},
};
static const struct field fields_1d[] = {
    CONVOLUTION_FIELDS("conv1d", "number of output channels (Keras: filters)", "length of the kernel in time steps"),
    {0},
};

static int build(struct layer *l, int dims, const struct node *at, struct err *e)
{
    static const int ones[2] = {1, 1};
    struct convolution *c = l->config;
    struct image in;
    int kernel[2], stride[2];
    if (image_input(l, dims, at, &in, e) != 0 ||
        image_pair(&c->kernel_size, dims, "kernel_size", ones, at, kernel, e) != 0 ||
        image_pair(&c->strides, dims, "strides", ones, at, stride, e) != 0)
        return -1;
    struct way h = window_way(in.height, kernel[0], stride[0], (enum padding)c->padding);
    struct way w = window_way(in.width, kernel[1], stride[1], (enum padding)c->padding);
    struct image out = {h.stops, w.stops, (int)c->filters};
    if (h.stops == 0 || w.stops == 0)
        return node_error(at, e, "a kernel of %d x %d is larger than its input of %d x %d; padding: same allows it",
            kernel[0], kernel[1], in.height, in.width);
    if ((double)kernel[0] * kernel[1] * in.channels * out.channels > 1 << 30 || (double)image_size(&out) > 1 << 30)
        return node_error(at, e, "its kernel or its output has more than 2^30 values");
    convolution_set(c, in, out, kernel, stride, (int[]){h.before, w.before}, (int[]){h.behind, w.behind});
    convolution_blocks(l, dims, kernel, in.channels, out.channels, false);
    l->out = image_shape(dims, out);
    l->uses = out.height * out.width;
    l->kept_once = convolution_scratch(c);
    return 0;
}

static int build_2d(struct layer *l, const struct node *at, struct err *e)
{
    return build(l, 2, at, e);
}

static int build_1d(struct layer *l, const struct node *at, struct err *e)
{
    return build(l, 1, at, e);
}

static void forward(const struct layer *l, const struct pass *p)
{
    const struct convolution *c = l->config;
    const real *bias = l->kernel.use_bias ? p->w + l->blocks[1].offset : NULL;
    convolution_forward(c, p->rows, p->x, p->w + l->blocks[0].offset, bias, p->y, p->kept);
}

static void backward(const struct layer *l, const struct pass *p)
{
    const struct convolution *c = l->config;
    convolution_gradient(c, p->rows, p->x, p->dy, p->dw + l->blocks[0].offset, p->kept);
    if (l->kernel.use_bias)
        kernels()->sum_rows(p->rows * c->across.out_height * c->across.out_width, c->across.outputs, p->dy,
            p->dw + l->blocks[1].offset);
    if (p->dx)
        convolution_backward(c, p->rows, p->dy, p->w + l->blocks[0].offset, NULL, p->dx, p->kept);
}

const struct layer_type conv2d_layer = {
    .name = "conv2d",
    .fields = fields_2d,
    .config_size = sizeof(struct convolution),
    .kernel_fields = layer_kernel_fields,
    .build = build_2d,
    .forward = forward,
    .backward = backward,
};

const struct layer_type conv1d_layer = {
    .name = "conv1d",
    .fields = fields_1d,
    .config_size = sizeof(struct convolution),
    .kernel_fields = layer_kernel_fields,
    .build = build_1d,
    .forward = forward,
    .backward = backward,
};
