// A convolution and its gradients over rows. The gradient of the input, taken for itself, is a transposed convolution.
#pragma once

#include "nn/spatial.h"

enum { CONV_MAX_SIZE = 1024 };

// The settings of every layer that convolves, and what follows from them.
struct convolution {
    int64_t filters;
    struct field_ints kernel_size, strides;
    int padding;

    struct conv across;          // from the sample in its border
    struct conv_place in_border; // where it lies
    struct conv back;            // from the gradient in its border, with zeros between its cells where stride > 1
    struct conv_place gradient;
};

// clang-format off
#define CONVOLUTION_FIELDS(name, filters_help, size_help)                                                              \
    {.key = name, .type = FIELD_INT, .offset = offsetof(struct convolution, filters), .min = 1, .max = 1 << 16,        \
        .flags = FIELD_REQUIRED, .help = filters_help},                                                                \
    {.key = "kernel_size", .type = FIELD_INTS, .offset = offsetof(struct convolution, kernel_size), .min = 1,          \
        .max = CONV_MAX_SIZE, .flags = FIELD_REQUIRED, .help = size_help},                                             \
    {.key = "strides", .type = FIELD_INTS, .offset = offsetof(struct convolution, strides), .standard = "1",           \
        .min = 1, .max = CONV_MAX_SIZE, .help = "step of the kernel, given like kernel_size"},                        \
    {.key = "padding", .type = FIELD_CHOICE, .offset = offsetof(struct convolution, padding), .standard = "valid",     \
        .choices = padding_names,                                                                                      \
        .help = "valid: no padding; same: zeros on both sides, an odd one at the end (PyTorch: the number " \
                "of zeros on both sides)"}
// clang-format on

// From a sample to out.height x out.width x out.channels; `h` and `w` are the ways of the kernel along it.
void convolution_set(struct convolution *c, struct image in, struct image out, const int kernel[2], const int stride[2],
    const int before[2], const int behind[2]);
// Appends the layer's kernel, of this shape in front of its channels, and its bias. `turns`: outputs stand before
// inputs.
void convolution_blocks(struct layer *l, int dims, const int kernel[2], int inputs, int outputs, bool turns);
size_t convolution_scratch(const struct convolution *c); // reals that the calls below need

// All over `rows` rows; w and dw are the kernel's, bias may be NULL.
// y := the convolution of x
void convolution_forward(
    const struct convolution *c, int rows, const real *x, const real *w, const real *bias, real *y, real *scratch);
// dx := the gradient of the input, plus bias
void convolution_backward(
    const struct convolution *c, int rows, const real *dy, const real *w, const real *bias, real *dx, real *scratch);
// dw := the gradient of the kernel
void convolution_gradient(
    const struct convolution *c, int rows, const real *x, const real *dy, real *dw, real *scratch);
