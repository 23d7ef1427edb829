// What a convolution needs around its hot loops: zeros around a sample, and weights in the order in which they are
// read.
#include "kernels/kernels.h"

#include "kernels/kernels_impl.h"
#include <string.h>

static size_t round_up(size_t n)
{
    return (n + CONV_STRIP - 1) / CONV_STRIP * CONV_STRIP;
}

size_t conv_padded_size(const struct conv *c)
{
    return round_up((size_t)c->height * (size_t)c->width * (size_t)c->channels) + CONV_STRIP;
}

size_t conv_packed_size(const struct conv *c)
{
    size_t run = (size_t)c->kernel_w * (size_t)c->channels, rows = (size_t)c->kernel_h;
    return c->outputs == 1 ? rows * round_up(run) : rows * run * round_up((size_t)c->outputs);
}

// The weight at row i, column j of the kernel, channel k, output o.
static real weight_at(const struct conv *c, bool turned, int i, int j, int k, int o, const real *w)
{
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
            packed[(size_t)i * round_up((size_t)run) + (size_t)(l % run)] = weight_at(c, turned, i, j, k, 0, w);
        for (int o = 0; c->outputs > 1 && o < c->outputs; o++)
            packed[(size_t)(o / CONV_STRIP * K + l) * CONV_STRIP + (size_t)(o % CONV_STRIP)] =
                weight_at(c, turned, i, j, k, o, w);
    }
}

void conv_pad(const struct conv *c, const struct conv_place *at, const real *x, real *padded)
{
    const size_t C = (size_t)c->channels, line = (size_t)at->width * C;
    for (int i = 0; i < at->height; i++, x += line) {
        real *to = padded + ((size_t)(at->top + i * at->step_h) * (size_t)c->width + (size_t)at->left) * C;
        if (at->step_w == 1)
            memcpy(to, x, line * sizeof *x);
        for (int j = 0; at->step_w > 1 && j < at->width; j++)
            memcpy(to + (size_t)(j * at->step_w) * C, x + (size_t)j * C, C * sizeof *x);
    }
}
