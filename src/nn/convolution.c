// Convolves the rows of a batch one by one, so that a sample with its border stays in the cache between the copy and
// the loops that read it.
#include "nn/convolution.h"

#include "kernels/kernels.h"
#include "nn/nn_impl.h"
#include <string.h>

int convolution_read_path(
    struct convolution *c, int dims, const struct node *at, struct kernel_path *path, struct err *e)
{
    const struct size_setting size = {"kernel_size", dims, {1, 1}}, strides = {"strides", dims, {1, 1}};
    if (size_pair(&size, &c->kernel_size, path->size, at, e) != 0)
        return -1;
    return size_pair(&strides, &c->strides, path->stride, at, e);
}

void convolution_set_ways(const struct convolution *c, struct kernel_path *path, int height, int width)
{
    path->way[0] = window_way(height, path->size[0], path->stride[0], (enum padding)c->padding);
    path->way[1] = window_way(width, path->size[1], path->stride[1], (enum padding)c->padding);
}

void convolution_set(struct convolution *c, struct extent in, struct extent out, const struct kernel_path *path)
{
    const int *kernel = path->size;
    const int *stride = path->stride;
    const struct way h = path->way[0], w = path->way[1];
    ASSERT(out.height > 0 && out.width > 0, "%d x %d", out.height, out.width);

    c->across = (struct conv){.height = in.height + h.before + h.behind,
        .width = in.width + w.before + w.behind,
        .channels = in.channels,
        .out_height = out.height,
        .out_width = out.width,
        .outputs = out.channels,
        .kernel_h = kernel[0],
        .kernel_w = kernel[1],
        .stride_h = stride[0],
        .stride_w = stride[1]};
    c->in_border = (struct conv_place){in.height, in.width, h.before, w.before, 1, 1};

    // The last window over the gradient ends kernel - 1 cells after the last cell of the sample.
    c->back = (struct conv){.height = in.height + kernel[0] - 1,
        .width = in.width + kernel[1] - 1,
        .channels = out.channels,
        .out_height = in.height,
        .out_width = in.width,
        .outputs = in.channels,
        .kernel_h = kernel[0],
        .kernel_w = kernel[1],
        .stride_h = 1,
        .stride_w = 1};
    c->gradient = (struct conv_place){
        out.height, out.width, kernel[0] - 1 - h.before, kernel[1] - 1 - w.before, stride[0], stride[1]};
}

void convolution_add_blocks(
    struct layer *l, int dims, const struct kernel_path *path, const int channels[2], bool turns)
{
    static const char *const axes[3][4] = {
        {"time", "input", "output"}, {"height", "width", "input", "output"}, {"height", "width", "output", "input"}};
    const int cells = path->size[0] * path->size[1];
    const int inner = channels[turns], outer = channels[!turns];
    ASSERT(dims == 1 || dims == 2, "%d dimensions", dims);

    struct block b = {.name = "kernel",
        .count = (size_t)cells * (size_t)inner * (size_t)outer,
        .rank = dims + 2,
        .initializer = l->kernel.initializer,
        .start = l->kernel.constant,
        .fan_in = cells * inner,
        .fan_out = cells * outer,
        .l1 = l->kernel.l1,
        .l2 = l->kernel.l2};
    memcpy(b.axes, axes[turns ? 2 : dims - 1], sizeof b.axes);
    memcpy(b.dims, path->size + 2 - dims, (size_t)dims * sizeof *path->size);
    b.dims[dims] = inner;
    b.dims[dims + 1] = outer;

    layer_add_block(l, &b);
    if (l->kernel.use_bias)
        layer_add_bias(l, "bias", channels[1]);
}

static size_t larger_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

// Returns the number of reals of a sample with its border. It is the first part of the scratch space; packed weights
// follow.
static size_t border_scratch(const struct convolution *c)
{
    return larger_size(conv_padded_size(&c->across), conv_padded_size(&c->back));
}

size_t convolution_scratch(const struct convolution *c)
{
    return border_scratch(c) + larger_size(conv_packed_size(&c->across), conv_packed_size(&c->back));
}

static size_t conv_output_size(const struct conv *c)
{
    return (size_t)c->out_height * (size_t)c->out_width * (size_t)c->outputs;
}

// y := the convolution of every row of x; `place` says where the cells of a row are within its border
static void convolve_rows(const struct conv *c, const struct conv_place *place, const struct convolution_pass *p,
    const real *packed, const real *x, real *y)
{
    const size_t size = (size_t)place->height * (size_t)place->width * (size_t)c->channels;
    memset(p->scratch, 0, conv_padded_size(c) * sizeof *p->scratch);

    for (int r = 0; r < p->rows; r++, x += size, y += conv_output_size(c)) {
        conv_pad(c, place, x, p->scratch);
        kernels()->conv(c, p->scratch, packed, p->bias, y);
    }
}

void convolution_forward(const struct convolution *c, const struct convolution_pass *p, const real *x, real *y)
{
    real *packed = p->scratch + border_scratch(c);
    conv_pack(&c->across, false, p->w, packed);
    convolve_rows(&c->across, &c->in_border, p, packed, x, y);
}

void convolution_backward(const struct convolution *c, const struct convolution_pass *p, const real *dy, real *dx)
{
    real *packed = p->scratch + border_scratch(c);
    conv_pack(&c->back, true, p->w, packed);
    convolve_rows(&c->back, &c->gradient, p, packed, dy, dx);
}

void convolution_gradient(
    const struct convolution *c, const struct convolution_pass *p, const real *x, const real *dy, real *dw)
{
    const struct conv *a = &c->across;
    const size_t size = (size_t)c->in_border.height * (size_t)c->in_border.width * (size_t)a->channels;
    const size_t weights = (size_t)(a->kernel_h * a->kernel_w) * (size_t)a->channels * (size_t)a->outputs;
    memset(dw, 0, weights * sizeof *dw);
    memset(p->scratch, 0, conv_padded_size(a) * sizeof *p->scratch);

    for (int r = 0; r < p->rows; r++, x += size, dy += conv_output_size(a)) {
        conv_pad(a, &c->in_border, x, p->scratch);
        kernels()->conv_weights(a, p->scratch, dy, dw);
    }
}
