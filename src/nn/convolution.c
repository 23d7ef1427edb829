// Convolutions, row by row: a sample in its border stays in the cache between the copy and the loops that read it.
#include "nn/convolution.h"

#include <string.h>

void convolution_set(struct convolution *c, struct image in, struct image out, const int kernel[2], const int stride[2],
    const int before[2], const int behind[2])
{
    c->across = (struct conv){.height = in.height + before[0] + behind[0],
        .width = in.width + before[1] + behind[1],
        .channels = in.channels,
        .out_height = out.height,
        .out_width = out.width,
        .outputs = out.channels,
        .kernel_h = kernel[0],
        .kernel_w = kernel[1],
        .stride_h = stride[0],
        .stride_w = stride[1]};
    c->in_border = (struct conv_place){in.height, in.width, before[0], before[1], 1, 1};
    // The last kernel over the gradient ends kernel - 1 cells behind the last cell of the sample.
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
        out.height, out.width, kernel[0] - 1 - before[0], kernel[1] - 1 - before[1], stride[0], stride[1]};
}

void convolution_blocks(struct layer *l, int dims, const int kernel[2], int inputs, int outputs, bool turns)
{
    static const char *const axes[3][4] = {
        {"time", "input", "output"}, {"height", "width", "input", "output"}, {"height", "width", "output", "input"}};
    const int cells = kernel[0] * kernel[1], inner = turns ? outputs : inputs, outer = turns ? inputs : outputs;
    struct block b = {.name = "kernel",
        .count = (size_t)cells * (size_t)inputs * (size_t)outputs,
        .rank = dims + 2,
        .initializer = l->kernel.initializer,
        .start = l->kernel.constant,
        .fan_in = cells * inner,
        .fan_out = cells * outer,
        .l1 = l->kernel.l1,
        .l2 = l->kernel.l2};
    memcpy(b.axes, axes[turns ? 2 : dims - 1], sizeof b.axes);
    memcpy(b.dims, kernel + 2 - dims, (size_t)dims * sizeof *kernel);
    b.dims[dims] = inner;
    b.dims[dims + 1] = outer;
    l->blocks[l->n_blocks++] = b;
    if (l->kernel.use_bias)
        layer_add_bias(l, "bias", outputs);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

// One sample in its border, then packed weights.
static size_t padded_size(const struct convolution *c)
{
    return larger(conv_padded_size(&c->across), conv_padded_size(&c->back));
}

size_t convolution_scratch(const struct convolution *c)
{
    return padded_size(c) + larger(conv_packed_size(&c->across), conv_packed_size(&c->back));
}

static size_t output_size(const struct conv *c)
{
    return (size_t)c->out_height * (size_t)c->out_width * (size_t)c->outputs;
}

// y := the convolution of every row of x, put where `place` says
static void convolve(const struct conv *c, const struct conv_place *place, int rows, const real *x, const real *packed,
    const real *bias, real *y, real *padded)
{
    const size_t size = (size_t)place->height * (size_t)place->width * (size_t)c->channels;
    memset(padded, 0, conv_padded_size(c) * sizeof *padded);
    for (int r = 0; r < rows; r++, x += size, y += output_size(c)) {
        conv_pad(c, place, x, padded);
        kernels()->conv(c, padded, packed, bias, y);
    }
}

void convolution_forward(
    const struct convolution *c, int rows, const real *x, const real *w, const real *bias, real *y, real *scratch)
{
    real *packed = scratch + padded_size(c);
    conv_pack(&c->across, false, w, packed);
    convolve(&c->across, &c->in_border, rows, x, packed, bias, y, scratch);
}

void convolution_backward(
    const struct convolution *c, int rows, const real *dy, const real *w, const real *bias, real *dx, real *scratch)
{
    real *packed = scratch + padded_size(c);
    conv_pack(&c->back, true, w, packed);
    convolve(&c->back, &c->gradient, rows, dy, packed, bias, dx, scratch);
}

void convolution_gradient(const struct convolution *c, int rows, const real *x, const real *dy, real *dw, real *scratch)
{
    const struct conv *a = &c->across;
    const size_t size = (size_t)c->in_border.height * (size_t)c->in_border.width * (size_t)a->channels;
    const size_t weights = (size_t)(a->kernel_h * a->kernel_w) * (size_t)a->channels * (size_t)a->outputs;
    memset(dw, 0, weights * sizeof *dw);
    memset(scratch, 0, conv_padded_size(a) * sizeof *scratch);
    for (int r = 0; r < rows; r++, x += size, dy += output_size(a)) {
        conv_pad(a, &c->in_border, x, scratch);
        kernels()->conv_weights(a, scratch, dy, dw);
    }
}
