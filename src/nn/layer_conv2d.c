// conv2d and conv1d: each output value is a weighted sum over the window around its place. As usual for neural
// networks, the kernel is not flipped: this is a correlation.
#include "nn/convolution.h"

#include "kernels/kernels.h"
#include "nn/spatial.h"
#include "spec/spec.h"

static const struct field fields_2d[] = {
    CONVOLUTION_FIELDS("conv2d", "number of output channels (Keras: filters)",
        "[height, width] of the kernel, or one number for both"),
    {0},
};
static const struct field fields_1d[] = {
    CONVOLUTION_FIELDS("conv1d", "number of output channels (Keras: filters)", "length of the kernel in time steps"),
    {0},
};

static int conv_build(struct layer *l, int dims, const struct node *at, struct err *e)
{
    struct convolution *c = l->config;
    struct extent in;
    struct kernel_path path;
    if (extent_of_input(l, dims, at, &in, e) != 0 || convolution_read_path(c, dims, at, &path, e) != 0)
        return -1;

    convolution_set_ways(c, &path, in.height, in.width);
    struct extent out = {path.way[0].stops, path.way[1].stops, (int)c->filters};
    if (out.height == 0 || out.width == 0)
        return node_error(at, e, "a kernel of %d x %d is larger than its input of %d x %d; padding: same allows it",
            path.size[0], path.size[1], in.height, in.width);
    if ((double)path.size[0] * path.size[1] * in.channels * out.channels > 1 << 30 ||
        (double)extent_size(&out) > 1 << 30)
        return node_error(at, e, "its kernel or its output has more than 2^30 values");

    convolution_set(c, in, out, &path);
    convolution_add_blocks(l, dims, &path, (int[]){in.channels, out.channels}, false);
    l->out = extent_shape(dims, out);
    l->uses = out.height * out.width;
    l->kept_once = convolution_scratch(c);
    return 0;
}

static int conv2d_build(struct layer *l, const struct node *at, struct err *e)
{
    return conv_build(l, 2, at, e);
}

static int conv1d_build(struct layer *l, const struct node *at, struct err *e)
{
    return conv_build(l, 1, at, e);
}

static void conv2d_forward(const struct layer *l, const struct pass *p)
{
    const struct convolution_pass pass = {.rows = p->rows,
        .w = p->w + l->blocks[0].offset,
        .bias = l->kernel.use_bias ? p->w + l->blocks[1].offset : NULL,
        .scratch = p->kept};
    convolution_forward(l->config, &pass, p->x, p->y);
}

static void conv2d_backward(const struct layer *l, const struct pass *p)
{
    const struct convolution *c = l->config;
    const int places = p->rows * c->across.out_height * c->across.out_width;
    const struct convolution_pass pass = {.rows = p->rows, .w = p->w + l->blocks[0].offset, .scratch = p->kept};

    convolution_gradient(c, &pass, p->x, p->dy, p->dw + l->blocks[0].offset);
    if (l->kernel.use_bias)
        kernels()->sum_rows(places, c->across.outputs, p->dy, p->dw + l->blocks[1].offset);
    if (p->dx)
        convolution_backward(c, &pass, p->dy, p->dx);
}

const struct layer_type conv2d_layer = {
    .name = "conv2d",
    .fields = fields_2d,
    .config_size = sizeof(struct convolution),
    .kernel_fields = layer_kernel_fields,
    .build = conv2d_build,
    .forward = conv2d_forward,
    .backward = conv2d_backward,
};

const struct layer_type conv1d_layer = {
    .name = "conv1d",
    .fields = fields_1d,
    .config_size = sizeof(struct convolution),
    .kernel_fields = layer_kernel_fields,
    .build = conv1d_build,
    .forward = conv2d_forward,
    .backward = conv2d_backward,
};
