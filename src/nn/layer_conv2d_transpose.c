// conv2d_transpose: its forward pass is the input gradient of conv2d, and its input gradient is the forward pass of
// conv2d. With strides it makes images larger.
#include "nn/convolution.h"

#include "kernels/kernels.h"
#include "nn/spatial.h"
#include "spec/spec.h"

static const struct field fields[] = {
    CONVOLUTION_FIELDS("conv2d_transpose", "number of output channels (Keras: filters)",
        "[height, width] of the kernel, or one number for both"),
    {0},
};

// Returns the length of a sample whose convolution would have `stops` values, as in Keras without output_padding.
static int transposed_length(int stops, int size, int stride, enum padding padding)
{
    return padding == PADDING_SAME || size < stride ? stops * stride : (stops - 1) * stride + size;
}

static int conv2d_transpose_build(struct layer *l, const struct node *at, struct err *e)
{
    struct convolution *c = l->config;
    const enum padding padding = (enum padding)c->padding;
    struct extent in;
    struct kernel_path path;
    if (extent_of_input(l, 2, at, &in, e) != 0 || convolution_read_path(c, 2, at, &path, e) != 0)
        return -1;

    const int *kernel = path.size;
    const int *stride = path.stride;
    if ((double)in.height * stride[0] + kernel[0] > 1 << 15 || (double)in.width * stride[1] + kernel[1] > 1 << 15)
        return node_error(at, e, "its output is larger than 2^15 in one dimension");
    struct extent out = {transposed_length(in.height, kernel[0], stride[0], padding),
        transposed_length(in.width, kernel[1], stride[1], padding), (int)c->filters};
    if ((double)kernel[0] * kernel[1] * in.channels * out.channels > 1 << 30 ||
        (double)out.height * out.width * out.channels > 1 << 30)
        return node_error(at, e, "its kernel or its output has more than 2^30 values");

    convolution_set_ways(c, &path, out.height, out.width);
    convolution_set(c, out, in, &path);
    convolution_add_blocks(l, 2, &path, (int[]){in.channels, out.channels}, true);
    l->out = extent_shape(2, out);
    l->uses = in.height * in.width;
    l->kept_once = convolution_scratch(c);
    return 0;
}

static void conv2d_transpose_forward(const struct layer *l, const struct pass *p)
{
    const struct convolution_pass pass = {.rows = p->rows,
        .w = p->w + l->blocks[0].offset,
        .bias = l->kernel.use_bias ? p->w + l->blocks[1].offset : NULL,
        .scratch = p->kept};
    convolution_backward(l->config, &pass, p->x, p->y);
}

static void conv2d_transpose_backward(const struct layer *l, const struct pass *p)
{
    const struct convolution *c = l->config;
    const int places = p->rows * c->in_border.height * c->in_border.width;
    const struct convolution_pass pass = {.rows = p->rows, .w = p->w + l->blocks[0].offset, .scratch = p->kept};

    convolution_gradient(c, &pass, p->dy, p->x, p->dw + l->blocks[0].offset);
    if (l->kernel.use_bias)
        kernels()->sum_rows(places, c->across.channels, p->dy, p->dw + l->blocks[1].offset);
    if (p->dx)
        convolution_forward(c, &pass, p->dy, p->dx);
}

const struct layer_type conv2d_transpose_layer = {
    .name = "conv2d_transpose",
    .fields = fields,
    .config_size = sizeof(struct convolution),
    .kernel_fields = layer_kernel_fields,
    .build = conv2d_transpose_build,
    .forward = conv2d_transpose_forward,
    .backward = conv2d_transpose_backward,
};
