// The hot loops over arrays of `real`, and matrix products. A kernel is a pure function of arrays and sizes: it calls
// no MPI, opens no files and allocates nothing.
//
// Every loop exists once per instruction set, in a table. `kernels()` returns the table of the best set that this CPU
// has, chosen at the first call (the environment variable HOURGLASS_KERNELS can name another set). The table `plain` is
// the reference: scalar, in the order as written. Any thread may call a kernel; it runs on that thread only.
//
// Results depend only on the set and on the arguments, so equal calls give equal bits. NaN and infinity pass through
// every loop, so that a diverged trial is noticed.
//
// Letters: M rows, O outputs (columns), I inputs, n elements. Arrays are dense and row-major. Arguments of one call do
// not overlap, except where a comment says so.
#pragma once

#include "base/real.h"
#include "kernels/losses.h"
#include "kernels/optimizers.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Names and meanings are those of Keras: leaky_relu has slope 0.2 for negative inputs (PyTorch: 0.01), elu and selu are
// as published (Clevert et al. 2015; Klambauer et al. 2017), gelu is exact, by erf (Hendrycks and Gimpel 2016), and
// hard_sigmoid is relu6(z + 3) / 6. SOFTMAX takes all n elements of a call as one vector.
enum activation {
    LINEAR,
    RELU,
    LEAKY_RELU,
    ELU,
    SELU,
    SIGMOID,
    TANH,
    SOFTPLUS,
    HARD_SIGMOID,
    GELU,
    SILU,
    SOFTMAX,
    ACTIVATION_COUNT
};
extern const char *const activation_names[]; // NULL-terminated, in the order of the enum
// Returns true if the slope of f cannot be computed from the output y = f(z). activate_backward then needs the input z
// in place of y.
bool activation_needs_input(enum activation f);
// Returns true if f works element by element and has a second derivative everywhere.
bool activation_is_smooth(enum activation f);

// A convolution of one sample: x (height, width, channels), including the border of zeros; weights (kernel_h, kernel_w,
// channels, outputs); y (out_height, out_width, outputs).
struct conv {
    int height, width, channels;
    int out_height, out_width, outputs;
    int kernel_h, kernel_w, stride_h, stride_w;
};

// Pooling of one sample: x (height, width, channels), y (out_height, out_width, channels). The first window begins
// `top` rows above the sample and `left` columns before it. Cells outside the sample do not count; every window has at
// least one cell inside.
struct windows {
    int height, width, channels;
    int out_height, out_width;
    int pool_h, pool_w, stride_h, stride_w, top, left;
};

// The shape of a matrix product c (M, N) := op(a) op(b). If `ta` is set, op(a) is the transpose of a, which is stored
// as (K, M), otherwise as (M, K). If `tb` is set, op(b) is the transpose of b, which is stored as (N, K), otherwise as
// (K, N).
struct gemm_shape {
    bool ta, tb;
    int M, N, K;
};

struct kernels {
    const char *set; // "plain", "avx2", "avx512"; on other processors than x86 "plain", "base"

    // y (M, O) := every row is bias (O)
    void (*fill_rows)(int M, int O, const real *bias, real *y);
    // y := f(y), n elements
    void (*activate)(enum activation f, size_t n, real *y);
    // dy := dy * f'(z). The argument y is f(z) or, if activation_needs_input(f), z itself.
    void (*activate_backward)(enum activation f, size_t n, const real *y, real *dy);
    // first, second (n) := f'(z), f''(z) of a smooth activation
    void (*slopes)(enum activation f, size_t n, const real *z, real *first, real *second);
    // sum (O) := sum over the rows of a (M, O)
    void (*sum_rows)(int M, int O, const real *a, real *sum);

    // Each computes the loss and its gradient in one pass and returns the sum of the losses of all rows (see losses.h).
    // All features have the same weight and no target is NaN; the loop of the cosine allows weights and NaN, as in
    // `observed`.
    double (*loss[LOSS_COUNT])(const struct loss_batch *b);
    // Do the same as `loss`, but weight the features and skip those whose target is NaN. The loss of a row is the
    // weighted mean over its other features, or 0 if there are none; dy is 0 at skipped features.
    double (*observed[LOSS_COUNT])(const struct loss_batch *b);

    // g (n) := ((g0 + g1) + (g2 + g3)) + ..., the sum of `shards` arrays in the order of a binary tree. `shards` is a
    // power of two.
    void (*tree_sum)(size_t n, int shards, const real *const *shard, real *g);
    // g := g + l1 sign(w) + 2 l2 w, the gradient of l1 |w| + l2 w^2
    void (*penalize)(size_t n, const real *w, real l1, real l2, real *g);

    // g := g * factor, then cut to -limit..limit if limit > 0
    void (*clip)(size_t n, real factor, real limit, real *g);
    // Returns the sum of squares, added in double.
    double (*square_sum)(size_t n, const real *g);

    // Does one step of an optimizer on n parameters w with gradient g. `state` holds the optimizer's own arrays (n
    // each).
    void (*step[OPTIMIZER_COUNT])(size_t n, real *w, const real *g, real *const *state, const struct update *u);

    // Each computes one row of a batch: widen_* out (n) := x, scale_* out (n) := (x - shift) * factor, computed in
    // float
    void (*widen_u8)(size_t n, const uint8_t *x, real *out);
    void (*widen_f32)(size_t n, const float *x, real *out);
    void (*scale_u8)(size_t n, const uint8_t *x, const float *shift, const float *factor, real *out);
    void (*scale_f32)(size_t n, const float *x, const float *shift, const float *factor, real *out);

    // x (n) := random numbers of one row, uniform in [0, 1) or standard normal. (seed, purpose) is the key and (epoch,
    // sample) the counter of base/random.h; loop_random.c defines the order of a row's numbers.
    void (*random_uniform)(size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *x);
    void (*random_normal)(size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *x);

    // Rows [first, last) of c (M, N) := beta c + op(a) op(b), or of c := op(a) op(b) + bias (N) if bias is not NULL.
    // The rows have the same bits as if the whole product were computed. Meant for products of up to gemm_work
    // multiplications; for larger ones OpenBLAS is faster.
    void (*gemm)(
        int first, int last, struct gemm_shape s, const real *a, const real *b, real beta, const real *bias, real *c);
    int64_t gemm_work;

    // y := the convolution of x (from conv_pad) with weights w (from conv_pack), plus bias (outputs), which may be NULL
    void (*conv)(const struct conv *c, const real *x, const real *w, const real *bias, real *y);
    // dw (kernel_h, kernel_w, channels, outputs) := dw + the gradient of the weights; x is from conv_pad
    void (*conv_weights)(const struct conv *c, const real *x, const real *dy, real *dw);

    // y := the maximum or the mean of each window. dx := the gradient of x; if several cells hold the maximum, the
    // first one gets it
    void (*max_pool)(const struct windows *p, const real *x, real *y);
    void (*max_pool_backward)(const struct windows *p, const real *x, const real *dy, real *dx);
    void (*average_pool)(const struct windows *p, const real *x, real *y);
    void (*average_pool_backward)(const struct windows *p, const real *dy, real *dx);
    // y (H by_h, W by_w, C) := each cell of x (H, W, C), repeated by_h x by_w times; dx := the sum of the gradients of
    // its copies
    void (*repeat)(int H, int W, int C, int by_h, int by_w, const real *x, real *y);
    void (*repeat_backward)(int H, int W, int C, int by_h, int by_w, const real *dy, real *dx);

    // Do one time step of a recurrent cell for M rows of U units, between its matrix products. `before` (M, U) is from
    // the previous step: c of the lstm, h of the gru.
    //
    // lstm forward: gates (M, 4 U) holds the sums of i f g o and becomes their values; c, tanh_c, h (M, U) are set.
    // Backward: gates becomes the gradients of the sums, dc the gradient of `before`.
    void (*lstm_forward)(int M, int U, real *gates, const real *before, real *c, real *tanh_c, real *h);
    void (*lstm_backward)(int M, int U, real *gates, const real *before, const real *tanh_c, const real *dh, real *dc);
    // gru forward: gates (M, 3 U) holds the sums of z r n from the inputs and becomes their values; recurrent (M, 3 U)
    // holds the sums from `before`. Backward: gates and recurrent become the gradients of these sums, dh the gradient
    // of `before` without the part that passes through `recurrent`.
    void (*gru_forward)(int M, int U, real *gates, const real *recurrent, const real *before, real *h);
    void (*gru_backward)(int M, int U, real *gates, real *recurrent, const real *before, real *dh);
};

// Returns the table to use on this CPU. Never NULL; any thread may make the first call.
const struct kernels *kernels(void);
// Returns the table of one set, or NULL if this program or this CPU does not have the set. Several threads must not
// call it at the same time.
const struct kernels *kernels_named(const char *set);

// c (M, N) := beta c + op(a) op(b), on this thread. Equal shapes give equal bits on equal CPUs.
void gemm(struct gemm_shape s, const real *a, const real *b, real beta, real *c);
// Computes only rows [first, last) of c, with the same bits as if gemm computed all. If the bits of this product depend
// on how many rows are computed, does nothing and returns false.
bool gemm_rows(int first, int last, struct gemm_shape s, const real *a, const real *b, real beta, real *c);
// c (M, N) := op(a) op(b) + bias (N) in every row; bias may be NULL.
void gemm_bias(struct gemm_shape s, const real *a, const real *b, const real *bias, real *c);
// Does the same as gemm, in double precision whatever `real` is.
void gemm_double(struct gemm_shape s, const double *a, const double *b, double beta, double *c);
const char *gemm_corename(void); // the CPU kernel that OpenBLAS chose, for provenance
const char *gemm_library(void);  // "OpenBLAS 0.3.21"; several threads must not call it at the same time

// --- conv.c: prepares the arrays that a convolution reads. Sizes are numbers of reals.
size_t conv_padded_size(const struct conv *c);
size_t conv_packed_size(const struct conv *c);
// Copies the weights w of a convolution into the order that the kernel reads. With `turned`, c is the convolution that
// computes the gradient of the input: w is (kernel_h, kernel_w, outputs, channels) and is rotated by 180 degrees.
void conv_pack(const struct conv *c, bool turned, const real *w, real *packed);
// The place of a sample (height, width, channels) in the padded sample: cell (i, j) goes to cell (top + i step_h, left
// + j step_w).
struct conv_place {
    int height, width, top, left, step_h, step_w;
};
// Copies a sample into `padded` (conv_padded_size), whose other elements must be 0 already.
void conv_pad(const struct conv *c, const struct conv_place *at, const real *x, real *padded);

// --- linear algebra in double, by LAPACK. Both return 0, LAPACK's info, or -100 if memory runs out.
// Computes the eigenvalues, in descending order, and the eigenvectors (rows of v) of a symmetric matrix a (n, n), by
// dsyev. Destroys a.
int eigen_symmetric(int n, double *a, double *values, double *v);
// Makes the rows of a (rows <= columns, columns) orthonormal, by dgeqrf and dorgqr. They span the same space as before.
int orthonormal_rows(int rows, int columns, double *a);

// Makes this thread treat denormal numbers as zero: operations on them are many times slower, and they carry no
// information here. Every worker calls it before it computes.
void flush_denormals(void);
