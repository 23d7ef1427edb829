// A convolution over rows, and its gradients. The gradient of the input, used as a forward pass, is a transposed
// convolution.
#pragma once

#include "nn/spatial.h"

enum { CONV_MAX_SIZE = 1024 };

// The settings that all convolving layers have, and values derived from them.
struct convolution {
    int64_t filters;
    struct field_ints kernel_size, strides;
    int padding;

    struct conv across;          // the forward convolution, which reads the sample with its border
    struct conv_place in_border; // place of the sample within its border
    struct conv back; // the backward convolution, which reads the gradient with its border and, if stride > 1, zeros
                      // between its cells
    struct conv_place gradient; // place of the cells of the gradient within its border
};

// clang-format off
#define CONVOLUTION_FIELDS(name, filters_help, size_help)                                                              \
    {.key = name, .type = FIELD_INT, .offset = offsetof(struct convolution, filters), .min = 1, .max = 1 << 16,        \
        .flags = FIELD_REQUIRED, .help = filters_help},                                                                \
    {.key = "kernel_size", .type = FIELD_INTS, .offset = offsetof(struct convolution, kernel_size), .min = 1,          \
        .max = CONV_MAX_SIZE, .flags = FIELD_REQUIRED, .help = size_help},                                             \
    {.key = "strides", .type = FIELD_INTS, .offset = offsetof(struct convolution, strides), .default_text = "1",           \
        .min = 1, .max = CONV_MAX_SIZE, .help = "step of the kernel, given like kernel_size"},                        \
    {.key = "padding", .type = FIELD_CHOICE, .offset = offsetof(struct convolution, padding), .default_text = "valid",     \
        .choices = padding_names,                                                                                      \
        .help = "valid: no padding; same: zeros on both sides, an odd one at the end (PyTorch: the number " \
                "of zeros on both sides)"}
// clang-format on

// The size of a kernel along height and width, and how it moves over a sample.
struct kernel_path {
    int size[2], stride[2];
    struct way way[2]; // stops and padding over the sample
};
// Reads kernel_size and strides of a layer over `dims` dimensions into *path, but does not set its ways. Returns 0, or
// -1 and an error.
int convolution_read_path(
    struct convolution *c, int dims, const struct node *at, struct kernel_path *path, struct err *e);
// Sets the ways of *path for a sample of height x width.
void convolution_set_ways(const struct convolution *c, struct kernel_path *path, int height, int width);
// Derives the other members from the settings, for samples of extent `in` and outputs of extent `out`.
void convolution_set(struct convolution *c, struct extent in, struct extent out, const struct kernel_path *path);
// Appends kernel and bias of the layer. The kernel has the sizes of *path in its first `dims` dimensions. `channels`
// are the channels of the input and of the output. With `turns`, the output's come first in the kernel, as in a
// transposed convolution.
void convolution_add_blocks(
    struct layer *l, int dims, const struct kernel_path *path, const int channels[2], bool turns);
size_t convolution_scratch(const struct convolution *c); // reals of scratch space that the calls below need

// Weights and buffers of a convolution over rows.
struct convolution_pass {
    int rows;
    const real *w;    // the kernel; not needed by convolution_gradient
    const real *bias; // per output channel, or NULL
    real *scratch;    // of size convolution_scratch
};
// y := the convolution of x
void convolution_forward(const struct convolution *c, const struct convolution_pass *p, const real *x, real *y);
// dx := the gradient of the input, plus the bias
void convolution_backward(const struct convolution *c, const struct convolution_pass *p, const real *dy, real *dx);
// dw := the gradient of the kernel
void convolution_gradient(
    const struct convolution *c, const struct convolution_pass *p, const real *x, const real *dy, real *dw);
