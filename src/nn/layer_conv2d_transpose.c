// conv2d_transpose: what the gradient of a conv2d does to what it is given, as a layer. With strides it makes images
// larger.
#include "nn/convolution.h"

static const struct field fields[] = {
    CONVOLUTION_FIELDS("conv2d_transpose", "number of output channels (Keras: filters)",
        "[height, width] of the kernel, or one number for both"),
    {0},
};

// The length of the sample whose convolution would have `stops` values (Keras: without output_padding).
static int length_of(int stops, int size, int stride, enum padding padding)
{
    return padding == PADDING_SAME || size < stride ? stops * stride : (stops - 1) * stride + size;
}

static int build(struct layer *l, const struct node *at, struct err *e)
{
    static const int ones[2] = {1, 1};
    struct convolution *c = l->config;
    struct image in;
    int kernel[2], stride[2];
    if (image_input(l, 2, at, &in, e) != 0 || image_pair(&c->kernel_size, 2, "kernel_size", ones, at, kernel, e) != 0 ||
        image_pair(&c->strides, 2, "strides", ones, at, stride, e) != 0)
        return -1;
    const enum padding padding = (enum padding)c->padding;
    struct image out = {.channels = (int)c->filters};
    if ((double)in.height * stride[0] + kernel[0] > 1 << 15 || (double)in.width * stride[1] + kernel[1] > 1 << 15)
        return node_error(at, e, "its output is larger than 2^15 in one dimension");
    out.height = length_of(in.height, kernel[0], stride[0], padding);
    out.width = length_of(in.width, kernel[1], stride[1], padding);
    if ((double)kernel[0] * kernel[1] * in.channels * out.channels > 1 << 30 ||
        (double)out.height * out.width * out.channels > 1 << 30)
        return node_error(at, e, "its kernel or its output has more than 2^30 values");
    struct way h = window_way(out.height, kernel[0], stride[0], padding);
    struct way w = window_way(out.width, kernel[1], stride[1], padding);
    convolution_set(c, out, in, kernel, stride, (int[]){h.before, w.before}, (int[]){h.behind, w.behind});
    convolution_blocks(l, 2, kernel, in.channels, out.channels, true);
    l->out = image_shape(2, out);
    l->uses = in.height * in.width;
    l->kept_once = convolution_scratch(c);
    return 0;
}

static void forward(const struct layer *l, const struct pass *p)
{
    const struct convolution *c = l->config;
    const real *bias = l->kernel.use_bias ? p->w + l->blocks[1].offset : NULL;
    convolution_backward(c, p->rows, p->x, p->w + l->blocks[0].offset, bias, p->y, p->kept);
}

static void backward(const struct layer *l, const struct pass *p)
{
    const struct convolution *c = l->config;
    convolution_gradient(c, p->rows, p->dy, p->x, p->dw + l->blocks[0].offset, p->kept);
    if (l->kernel.use_bias)
        kernels()->sum_rows(
            p->rows * c->in_border.height * c->in_border.width, c->across.channels, p->dy, p->dw + l->blocks[1].offset);
    if (p->dx)
        convolution_forward(c, p->rows, p->dy, p->w + l->blocks[0].offset, NULL, p->dx, p->kept);
}

const struct layer_type conv2d_transpose_layer = {
    .name = "conv2d_transpose",
    .fields = fields,
    .config_size = sizeof(struct convolution),
    .kernel_fields = layer_kernel_fields,
    .build = build,
    .forward = forward,
    .backward = backward,
};
