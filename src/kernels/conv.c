// Prepares what the hot loops of a convolution (loop_conv.c) read: samples with a border of zeros, and weights in the
// order in which the loops read them.
#include "kernels/kernels.h"

#include "kernels/kernels_impl.h"
#include <string.h>

static size_t round_up_to_strips(size_t n)
{
    return (n + CONV_STRIP - 1) / CONV_STRIP * CONV_STRIP;
}

size_t conv_padded_size(const struct conv *c)
{
    return round_up_to_strips((size_t)c->height * (size_t)c->width * (size_t)c->channels) + CONV_STRIP;
}

size_t conv_packed_size(const struct conv *c)
{
    size_t run = (size_t)c->kernel_w * (size_t)c->channels, rows = (size_t)c->kernel_h;
    if (c->outputs == 1)
        return rows * round_up_to_strips(run);
    return rows * run * round_up_to_strips((size_t)c->outputs);
}

// Returns the weight of w at row i, column j of the kernel, channel k, output o. `turned` is that of conv_pack.
static real weight_at(const struct conv *c, bool turned, int i, int j, int k, int o, const real *w)
{
    ASSERT(i < c->kernel_h && j < c->kernel_w && k < c->channels && o < c->outputs, "(%d, %d, %d, %d)", i, j, k, o);
    if (!turned)
        return w[((size_t)(i * c->kernel_w + j) * (size_t)c->channels + (size_t)k) * (size_t)c->outputs + (size_t)o];
    size_t cell = (size_t)((c->kernel_h - 1 - i) * c->kernel_w + c->kernel_w - 1 - j);
    return w[(cell * (size_t)c->outputs + (size_t)o) * (size_t)c->channels + (size_t)k];
}

void conv_pack(const struct conv *c, bool turned, const real *w, real *packed)
{
    const int run = c->kernel_w * c->channels, K = c->kernel_h * run;

    memset(packed, 0, conv_packed_size(c) * sizeof *packed);
    for (int l = 0; l < K; l++) {
        int i = l / run, j = l % run / c->channels, k = l % c->channels;
        if (c->outputs == 1)
            packed[(size_t)i * round_up_to_strips((size_t)run) + (size_t)(l % run)] =
                weight_at(c, turned, i, j, k, 0, w);
        for (int o = 0; c->outputs > 1 && o < c->outputs; o++)
            packed[(size_t)(o / CONV_STRIP * K + l) * CONV_STRIP + (size_t)(o % CONV_STRIP)] =
                weight_at(c, turned, i, j, k, o, w);
    }
}

void conv_pad(const struct conv *c, const struct conv_place *at, const real *x, real *padded)
{
    const size_t C = (size_t)c->channels, line = (size_t)at->width * C;
    ASSERT(at->top + (at->height - 1) * at->step_h < c->height, "%d rows into %d", at->height, c->height);
    ASSERT(at->left + (at->width - 1) * at->step_w < c->width, "%d columns into %d", at->width, c->width);

    for (int i = 0; i < at->height; i++, x += line) {
        real *to = padded + ((size_t)(at->top + i * at->step_h) * (size_t)c->width + (size_t)at->left) * C;
        if (at->step_w == 1)
            memcpy(to, x, line * sizeof *x);
        for (int j = 0; at->step_w > 1 && j < at->width; j++)
            memcpy(to + (size_t)(j * at->step_w) * C, x + (size_t)j * C, C * sizeof *x);
    }
}
