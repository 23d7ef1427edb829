// The hot loops over arrays of `real`, and matrix products. Kernels know no structs, no MPI, no files and allocate
// nothing.
//
// Every loop exists once per instruction set in a table; `kernels()` is the table of the best set that this CPU has,
// chosen at the first call (or named by HOURGLASS_KERNELS). The table `plain` is the reference: scalar, in the order as
// written. Letters: M rows, O outputs (columns), I inputs, n elements. Arrays are dense and row-major.
#pragma once

#include "base/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Names and meaning are Keras's; leaky_relu has slope 0.2 for negative inputs (PyTorch: 0.01), elu and selu as
// published (Clevert et al. 2015; Klambauer et al. 2017). gelu is the exact one, by erf (Hendrycks and Gimpel 2016),
// not its approximation by tanh; hard_sigmoid is relu6(z + 3) / 6. SOFTMAX takes all n elements of a call as one
// vector.
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
// Whether the slope cannot be told from the output: activate_backward is given z in place of it.
bool activation_needs_input(enum activation f);
// Whether it goes element by element and has a second derivative everywhere.
bool activation_is_smooth(enum activation f);

// What an optimizer's update needs beside the arrays; unused ones are 0. In double, because 1 - 0.999 taken in float is
// wrong in the fifth digit.
struct update {
    double learning_rate; // of this step; adam: bias correction included
    double momentum, beta_1, beta_2, rho, epsilon;
    double decay;         // adam: w := w (1 - decay) first
    double gradient_rate; // nadam: of the gradient itself, beside the mean's learning_rate
    double square_factor; // nadam: bias correction of the mean square
    bool nesterov, centered;
    // of the gradient before the step, by whoever calls it: times clip_factor, then to -clip_value..clip_value (0: not)
    double clip_factor, clip_value;
};

// A convolution of one sample. x (height, width, channels), whatever border it needs included; weights (kernel_h,
// kernel_w, channels, outputs); y (out_height, out_width, outputs).
struct conv {
    int height, width, channels;
    int out_height, out_width, outputs;
    int kernel_h, kernel_w, stride_h, stride_w;
};
// Pooling of one sample: x (height, width, channels), y (out_height, out_width, channels). The first window begins
// `top` rows above the sample and `left` columns before it; what lies outside does not count.
struct windows {
    int height, width, channels;
    int out_height, out_width;
    int pool_h, pool_w, stride_h, stride_w, top, left;
};

// The losses that are sums over features.
#define CROSS_ENTROPY_ROUNDING 1e-6 // targets this far outside [0, 1] count as they are: scaling rounds
enum term { TERM_MSE, TERM_MAE, TERM_CROSS_ENTROPY, TERM_HUBER, TERM_LOG_COSH, TERM_GAUSSIAN_NLL };

struct kernels {
    const char *set; // "plain", "avx2", "avx512"

    // y (M, O) := every row is bias (O)
    void (*fill_rows)(int M, int O, const real *bias, real *y);
    // y := f(y), n elements
    void (*activate)(enum activation f, size_t n, real *y);
    // dy := dy * f'(z), where y = f(z), or z itself where activation_needs_input(f)
    void (*activate_backward)(enum activation f, size_t n, const real *y, real *dy);
    // first, second (n) := f'(z), f''(z) of a smooth activation
    void (*slopes)(enum activation f, size_t n, const real *z, real *first, real *second);
    // sum (O) := sum over the rows of a (M, O)
    void (*sum_rows)(int M, int O, const real *a, real *sum);

    // Loss of M rows of O features and its gradient, in one pass. y, t (M, O): output and target. dy (M, O) := d(loss
    // of the batch)/dy, each element's slope times `scale`; NULL: no gradient. row (M) := the row's mean over the
    // features; NULL: not wanted. Returns the sum over the rows of the row's mean.
    double (*mse)(int M, int O, const real *y, const real *t, real scale, real *dy, float *row);
    double (*mae)(int M, int O, const real *y, const real *t, real scale, real *dy, float *row);
    // y are logits z: max(z, 0) - z t + log(1 + exp(-|z|)). Without a gradient, t outside [0, 1] counts as 0 or 1;
    // targets that are trained on must not be outside, except by rounding.
    double (*cross_entropy)(int M, int O, const real *y, const real *t, real scale, real *dy, float *row);

    // p is the size of a difference at which its square turns into a line
    double (*huber)(int M, int O, const real *y, const real *t, real p, real scale, real *dy, float *row);
    // log(cosh(y - t))
    double (*log_cosh)(int M, int O, const real *y, const real *t, real scale, real *dy, float *row);
    // (log p + (y - t)^2 / p) / 2: p is the variance
    double (*gaussian_nll)(int M, int O, const real *y, const real *t, real p, real scale, real *dy, float *row);
    // One of the above by weights (O) (NULL: 1 each) and where the target is there (no NaN): a row's loss is the
    // weighted mean over these features; 0 where there are none. p: of huber, gaussian_nll.
    double (*observed)(enum term term, int M, int O, const real *y, const real *t, const real *weight, real p,
        real scale, real *dy, float *row);
    // 1 - the cosine of the angle between the row's output and target; weights and missing targets as above
    double (*cosine)(int M, int O, const real *y, const real *t, const real *weight, real scale, real *dy, float *row);

    // g (n) := ((g0 + g1) + (g2 + g3)) + ...: the sum over `shards` (a power of two) in the order of a binary tree
    void (*tree_sum)(size_t n, int shards, const real *const *shard, real *g);
    // g := g + l1 sign(w) + 2 l2 w, the gradient of l1 |w| + l2 w^2
    void (*penalize)(size_t n, const real *w, real l1, real l2, real *g);

    // g := g * factor, and then into -limit..limit where limit > 0
    void (*clip)(size_t n, real factor, real limit, real *g);
    // The sum of squares, added in double.
    double (*square_sum)(size_t n, const real *g);

    // One step on n parameters w with gradient g; the state arrays (n) are the optimizer's.
    void (*sgd)(size_t n, real *w, const real *g, real *velocity, const struct update *u);
    void (*adagrad)(size_t n, real *w, const real *g, real *sum, const struct update *u);
    void (*adadelta)(size_t n, real *w, const real *g, real *square, real *step, const struct update *u);
    void (*rmsprop)(size_t n, real *w, const real *g, real *square, real *mean, real *velocity, const struct update *u);
    void (*adam)(size_t n, real *w, const real *g, real *m, real *v, const struct update *u);
    void (*amsgrad)(size_t n, real *w, const real *g, real *m, real *v, real *largest, const struct update *u);
    void (*nadam)(size_t n, real *w, const real *g, real *m, real *v, const struct update *u);

    // out (n) := x, or (x - shift) * factor in float: one row of a batch
    void (*widen_u8)(size_t n, const uint8_t *x, real *out);
    void (*widen_f32)(size_t n, const float *x, real *out);
    void (*scale_u8)(size_t n, const uint8_t *x, const float *shift, const float *factor, real *out);
    void (*scale_f32)(size_t n, const float *x, const float *shift, const float *factor, real *out);

    // x (n) := random numbers of one row, uniform in [0, 1) or standard normal, keyed by (seed, purpose) and counted by
    // (epoch, sample): see base/random.h; the order of a row's numbers is told in loop_random.c.
    void (*random_uniform)(size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *x);
    void (*random_normal)(size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *x);

    // c (M, N) := beta c + op(a) op(b) as gemm below, or with `bias` (N), which may be NULL, as gemm_bias; of its rows
    // [first, last) alone, with the bits that they have in the whole. Meant for products of up to gemm_work
    // multiplications: a library is faster with larger ones.
    void (*gemm)(int first, int last, bool ta, bool tb, int M, int N, int K, const real *a, const real *b, real beta,
        const real *bias, real *c);
    int64_t gemm_work;

    // y := the convolution of x (as conv_pad leaves it) with weights w (as conv_pack leaves them), plus bias (outputs),
    // which may be NULL
    void (*conv)(const struct conv *c, const real *x, const real *w, const real *bias, real *y);
    // dw (kernel_h, kernel_w, channels, outputs) := dw + the gradient of the weights; x as conv_pad leaves it
    void (*conv_weights)(const struct conv *c, const real *x, const real *dy, real *dw);

    // y := the largest or the mean of each window. Of equal cells the first has the gradient.
    void (*max_pool)(const struct windows *p, const real *x, real *y);
    void (*max_pool_backward)(const struct windows *p, const real *x, const real *dy, real *dx);
    void (*average_pool)(const struct windows *p, const real *x, real *y);
    void (*average_pool_backward)(const struct windows *p, const real *dy, real *dx);
    // y (H by_h, W by_w, C) := each cell of x (H, W, C) by_h x by_w times; dx := the sums of their gradients
    void (*repeat)(int H, int W, int C, int by_h, int by_w, const real *x, real *y);
    void (*repeat_backward)(int H, int W, int C, int by_h, int by_w, const real *dy, real *dx);

    // One time step of a recurrent cell for M rows of U units, between its matrix products.
    // lstm: gates (M, 4 U): sums i f g o -> their values; c, tanh_c, h (M, U) := from them and `before` (M, U), the c
    // of the step before. Backward: gates -> gradients of the sums; dc -> gradient of `before`.
    void (*lstm_forward)(int M, int U, real *gates, const real *before, real *c, real *tanh_c, real *h);
    void (*lstm_backward)(int M, int U, real *gates, const real *before, const real *tanh_c, const real *dh, real *dc);
    // gru: gates (M, 3 U): sums z r n of the inputs -> values of the gates; recurrent (M, 3 U): sums of the outputs of
    // the step before, which are `before` (M, U). Backward: gates, recurrent -> gradients of these sums; dh -> gradient
    // of `before`, but for what passes through `recurrent`.
    void (*gru_forward)(int M, int U, real *gates, const real *recurrent, const real *before, real *h);
    void (*gru_backward)(int M, int U, real *gates, real *recurrent, const real *before, real *dh);
};

const struct kernels *kernels(void);
const struct kernels *kernels_named(const char *set); // NULL: not in this program, or not for this CPU

// c (M, N) := beta c + op(a) op(b), op being the transpose where ta or tb is set: a is (M, K) or (K, M), b is (K, N) or
// (N, K). One thread; equal bits for equal shapes on equal CPUs.
void gemm(bool ta, bool tb, int M, int N, int K, const real *a, const real *b, real beta, real *c);
// Rows [first, last) of the same, with the bits that they have in the whole. False, and nothing is done, for products
// whose bits hang on the shape.
bool gemm_rows(
    int first, int last, bool ta, bool tb, int M, int N, int K, const real *a, const real *b, real beta, real *c);
// c (M, N) := a op(b) + bias (N) in every row; NULL: no bias
void gemm_bias(bool tb, int M, int N, int K, const real *a, const real *b, const real *bias, real *c);
const char *gemm_corename(void); // the CPU kernel that OpenBLAS chose, for the records
const char *gemm_library(void);  // "OpenBLAS 0.3.21"

// --- conv.c: what a convolution reads. Sizes are in reals.
size_t conv_padded_size(const struct conv *c);
size_t conv_packed_size(const struct conv *c);
// The weights w of a convolution in the order of the kernel. `turned`: of the one for which c gives the gradient of the
// input: w is (kernel_h, kernel_w, outputs, channels) and is turned by half a circle.
void conv_pack(const struct conv *c, bool turned, const real *w, real *packed);
// Where a sample (height, width, channels) lies in the padded one: its cell (i, j) at (top + i step_h, left + j
// step_w).
struct conv_place {
    int height, width, top, left, step_h, step_w;
};
// Copies a sample into `padded` (conv_padded_size), whose other elements must be 0 already.
void conv_pad(const struct conv *c, const struct conv_place *at, const real *x, real *padded);

// Eigenvalues in falling order and eigenvectors (rows of v) of a symmetric matrix a (n, n), which is destroyed:
// LAPACK's dsyev. Returns 0, or LAPACK's info.
int eigen_symmetric(int n, double *a, double *values, double *v);

// As gemm, in double whatever `real` is.
void gemm_double(bool ta, bool tb, int M, int N, int K, const double *a, const double *b, double beta, double *c);
// Makes the rows of a (rows <= columns, columns) orthonormal, which span what they did: LAPACK's QR decomposition.
// Returns 0, or LAPACK's info.
int orthonormal_rows(int rows, int columns, double *a);

// Denormal numbers count as zero in this thread: they cost many times a normal operation and carry nothing here. Every
// worker calls it before it computes.
void flush_denormals(void);
