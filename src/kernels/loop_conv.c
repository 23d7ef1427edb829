// Convolutions of one sample with few channels, without a matrix of its windows (im2col).
//
// In (height, width, channel) order a row of a window is contiguous, so each row of the kernel is a matrix product, in
// whose left matrix the rows overlap. A tile of output pixels by strips of output channels stays in registers while the
// window passes. With a single output channel the strips run along the window instead.
#include "kernels/kernels_impl.h"

#include <string.h>

enum { STRIP = CONV_STRIP, PIXELS = 8, TAPS = 12 };
#ifdef __AVX512F__
enum { PAIR_PIXELS = 8, PAIR_TAPS = 12 }; // limits of a tile that is two strips wide, which needs 32 registers
#else
enum { PAIR_PIXELS = 6, PAIR_TAPS = 6 };
#endif
typedef real strip __attribute__((vector_size(STRIP * sizeof(real)), aligned(sizeof(real)), may_alias));

// Calls f with a constant as its first argument, so that its sums stay in registers.
#define CASE(n, f, ...)    \
    case n:                \
        f(n, __VA_ARGS__); \
        break;
#define UP_TO_8(n, f, ...)      \
    switch (n) {                \
        CASE(1, f, __VA_ARGS__) \
        CASE(2, f, __VA_ARGS__) \
        CASE(3, f, __VA_ARGS__) \
        CASE(4, f, __VA_ARGS__) \
        CASE(5, f, __VA_ARGS__) \
        CASE(6, f, __VA_ARGS__) \
        CASE(7, f, __VA_ARGS__) \
        CASE(8, f, __VA_ARGS__) \
    }

// Returns the size of the pieces if n is cut evenly into as few pieces of at most `most` as possible.
INLINE int piece_size(int n, int most)
{
    int pieces = (n + most - 1) / most;
    return (n + pieces - 1) / pieces;
}

INLINE int int_min(int a, int b)
{
    return a < b ? a : b;
}

// Adds the first `columns` elements of the strip at `a` to *sum.
INLINE void strip_add(int columns, const real *a, strip *sum)
{
    if (columns >= STRIP) {
        *sum += *(const strip *)a;
        return;
    }
    for (int j = 0; j < columns; j++)
        (*sum)[j] += a[j];
}

// Stores the first `columns` elements of a strip at `a`.
INLINE void strip_store(int columns, const strip *s, real *a)
{
    if (columns >= STRIP) {
        *(strip *)a = *s;
        return;
    }
    for (int j = 0; j < columns; j++)
        a[j] = (*s)[j];
}

// Computes `pixels` outputs of a row, in `strips` strips of channels. x is at the window of the first output, w at the
// weights of the first strip.
INLINE void output_tile(int pixels, int strips, const struct conv *c, const real *x, const real *w, const strip *start,
    int columns, real *y)
{
    strip sum[PIXELS][2];
    const real *a[PIXELS];
    const size_t run = (size_t)c->kernel_w * (size_t)c->channels, next = run * (size_t)c->kernel_h * STRIP;

    for (int p = 0; p < pixels; p++) {
        a[p] = x + (size_t)(p * c->stride_w) * (size_t)c->channels;
        for (int s = 0; s < strips; s++)
            sum[p][s] = start[s];
    }

    for (int i = 0; i < c->kernel_h; i++, w += run * STRIP) {
        for (size_t k = 0; k < run; k++)
            for (int s = 0; s < strips; s++) {
                strip wk = *(const strip *)(w + (size_t)s * next + k * STRIP);
                for (int p = 0; p < pixels; p++)
                    sum[p][s] += a[p][k] * wk;
            }
        for (int p = 0; p < pixels; p++)
            a[p] += (size_t)c->width * (size_t)c->channels;
    }

    for (int p = 0; p < pixels; p++, y += c->outputs)
        for (int s = 0; s < strips; s++)
            strip_store(columns - s * STRIP, &sum[p][s], y + s * STRIP);
}

#if __has_builtin(__builtin_shufflevector) // clang, and GCC from 12 on
#define SHUFFLE __builtin_shufflevector
#else
#ifdef HOURGLASS_DOUBLE
typedef int64_t strip_places __attribute__((vector_size(STRIP * sizeof(int64_t))));
#else
typedef int32_t strip_places __attribute__((vector_size(STRIP * sizeof(int32_t))));
#endif
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (strip_places){__VA_ARGS__})
#endif

// Computes `pixels` outputs of a row if there is only one output channel. The strips run along the window. At the end,
// the lanes of each pixel's sum are added, for all pixels together.
INLINE void output_tile_of_one(int pixels, const struct conv *c, const real *x, const real *w, real bias, real *y)
{
    strip sum[PIXELS] = {{0}};
    const size_t run = (size_t)c->kernel_w * (size_t)c->channels, step = (size_t)c->stride_w * (size_t)c->channels;

    for (int i = 0; i < c->kernel_h; i++, x += (size_t)c->width * (size_t)c->channels)
        for (size_t k = 0; k < run; k += STRIP, w += STRIP)
            for (int p = 0; p < pixels; p++)
                sum[p] += *(const strip *)(x + (size_t)p * step + k) * *(const strip *)w;

    for (int width = PIXELS; width > 1; width /= 2)
        for (int p = 0; p < width / 2; p++)
            sum[p] = SHUFFLE(sum[2 * p], sum[2 * p + 1], 0, 2, 4, 6, 8, 10, 12, 14) +
                     SHUFFLE(sum[2 * p], sum[2 * p + 1], 1, 3, 5, 7, 9, 11, 13, 15);

    sum[0] += bias;
    strip_store(pixels, &sum[0], y);
}

static void outputs_of_one(const struct conv *c, const real *x, const real *w, real bias, real *y)
{
    const size_t step = (size_t)c->stride_w * (size_t)c->channels;
    const int most = piece_size(c->out_width, PIXELS);

    for (int i = 0; i < c->out_height; i++, y += c->out_width) {
        const real *row = x + (size_t)(i * c->stride_h) * (size_t)c->width * (size_t)c->channels;
        for (int j = 0; j < c->out_width; j += most) {
            int pixels = int_min(most, c->out_width - j);
            UP_TO_8(pixels, output_tile_of_one, c, row + (size_t)j * step, w, bias, y + j)
        }
    }
}

// Computes all rows of `strips` strips of channels.
INLINE void output_strips(
    int strips, const struct conv *c, const real *x, const real *w, const strip *start, int columns, real *y)
{
    const size_t step = (size_t)c->stride_w * (size_t)c->channels, O = (size_t)c->outputs;
    const int most = piece_size(c->out_width, strips == 1 ? PIXELS : PAIR_PIXELS);

    for (int i = 0; i < c->out_height; i++) {
        const real *row = x + (size_t)(i * c->stride_h) * (size_t)c->width * (size_t)c->channels;
        for (int j = 0; j < c->out_width; j += most) {
            int pixels = int_min(most, c->out_width - j);
            real *out = y + (size_t)(i * c->out_width + j) * O;
            UP_TO_8(pixels, output_tile, strips, c, row + (size_t)j * step, w, start, columns, out)
        }
    }
}

static void conv_loop(const struct conv *c, const real *x, const real *w, const real *bias, real *y)
{
    ASSERT(c->stride_h > 0 && c->stride_w > 0 && c->outputs > 0 && c->channels > 0, "%d outputs", c->outputs);
    ASSERT((c->out_height - 1) * c->stride_h + c->kernel_h <= c->height, "%d rows", c->height);
    ASSERT((c->out_width - 1) * c->stride_w + c->kernel_w <= c->width, "%d columns", c->width);
    const size_t K = (size_t)c->kernel_h * (size_t)c->kernel_w * (size_t)c->channels;

    if (c->outputs == 1) {
        outputs_of_one(c, x, w, bias ? *bias : 0, y);
        return;
    }

    for (int first = 0; first < c->outputs; first += 2 * STRIP, w += 2 * K * STRIP) {
        int columns = c->outputs - first;
        strip start[2] = {{0}};
        if (bias) {
            strip_add(columns, bias + first, &start[0]);
            strip_add(columns - STRIP, bias + first + STRIP, &start[1]);
        }

        if (columns > STRIP)
            output_strips(2, c, x, w, start, columns, y + first);
        else
            output_strips(1, c, x, w, start, columns, y + first);
    }
}

// Adds the gradient of `taps` weights of one row of the kernel. For the first output, the first of these weights is
// multiplied by the cell at x.
INLINE void weight_tile(
    int taps, int strips, const struct conv *c, const real *x, const real *dy, int columns, real *dw)
{
    strip sum[TAPS][2] = {{{0}}};
    const size_t step = (size_t)c->stride_w * (size_t)c->channels, O = (size_t)c->outputs;
    const size_t line = (size_t)c->stride_h * (size_t)c->width * (size_t)c->channels;

    for (int i = 0; i < c->out_height; i++, x += line) {
        const real *a = x;
        for (int j = 0; j < c->out_width; j++, a += step, dy += O)
            for (int s = 0; s < strips; s++) {
                strip d = {0};
                strip_add(columns - s * STRIP, dy + s * STRIP, &d);
                for (int k = 0; k < taps; k++)
                    sum[k][s] += a[k] * d;
            }
    }

    for (int k = 0; k < taps; k++, dw += O)
        for (int s = 0; s < strips; s++) {
            strip_add(columns - s * STRIP, dw + s * STRIP, &sum[k][s]);
            strip_store(columns - s * STRIP, &sum[k][s], dw + s * STRIP);
        }
}

// Adds the gradient of `strips` strips of weights if there is only one output channel.
INLINE void weight_tile_of_one(int strips, const struct conv *c, const real *x, const real *dy, int columns, real *dw)
{
    strip sum[PIXELS] = {{0}};
    const size_t step = (size_t)c->stride_w * (size_t)c->channels;
    const size_t line = (size_t)c->stride_h * (size_t)c->width * (size_t)c->channels;

    for (int i = 0; i < c->out_height; i++, x += line)
        for (int j = 0; j < c->out_width; j++, dy++)
            for (int s = 0; s < strips; s++)
                sum[s] += *dy * *(const strip *)(x + (size_t)j * step + s * STRIP);

    for (int s = 0; s < strips; s++) {
        strip_add(columns - s * STRIP, dw + s * STRIP, &sum[s]);
        strip_store(columns - s * STRIP, &sum[s], dw + s * STRIP);
    }
}

static void weights_of_one(const struct conv *c, const real *x, const real *dy, real *dw)
{
    const int run = c->kernel_w * c->channels, most = piece_size((run + STRIP - 1) / STRIP, PIXELS);
    for (int i = 0; i < c->kernel_h; i++, x += (size_t)c->width * (size_t)c->channels, dw += run)
        for (int k = 0; k < run; k += most * STRIP) {
            int strips = int_min(most, (run - k + STRIP - 1) / STRIP);
            UP_TO_8(strips, weight_tile_of_one, c, x + k, dy, run - k, dw + k)
        }
}

// Adds the gradient of all weights of `strips` strips of channels. The callers pass `columns` as a constant if the last
// strip is whole, so that the inner loop has no remainder.
INLINE void weight_strips(int strips, const struct conv *c, const real *x, const real *dy, int columns, real *dw)
{
    const int run = c->kernel_w * c->channels, most = piece_size(run, strips == 1 ? TAPS : PAIR_TAPS);

    for (int i = 0; i < c->kernel_h; i++, x += (size_t)c->width * (size_t)c->channels)
        for (int k = 0; k < run; k += most) {
            int taps = int_min(most, run - k);
            switch (taps) {
                CASE(9, weight_tile, strips, c, x + k, dy, columns, dw)
                CASE(10, weight_tile, strips, c, x + k, dy, columns, dw)
                CASE(11, weight_tile, strips, c, x + k, dy, columns, dw)
                CASE(12, weight_tile, strips, c, x + k, dy, columns, dw)
            default:
                UP_TO_8(taps, weight_tile, strips, c, x + k, dy, columns, dw)
            }
            dw += (size_t)taps * (size_t)c->outputs;
        }
}

static void conv_weights_loop(const struct conv *c, const real *x, const real *dy, real *dw)
{
    ASSERT(c->stride_h > 0 && c->stride_w > 0 && c->outputs > 0 && c->channels > 0, "%d outputs", c->outputs);
    ASSERT((c->out_height - 1) * c->stride_h + c->kernel_h <= c->height, "%d rows", c->height);
    ASSERT((c->out_width - 1) * c->stride_w + c->kernel_w <= c->width, "%d columns", c->width);

    if (c->outputs == 1) {
        weights_of_one(c, x, dy, dw);
        return;
    }

    for (int first = 0; first < c->outputs; first += 2 * STRIP) {
        int columns = c->outputs - first;
        if (columns >= 2 * STRIP)
            weight_strips(2, c, x, dy + first, 2 * STRIP, dw + first);
        else if (columns > STRIP)
            weight_strips(2, c, x, dy + first, columns, dw + first);
        else if (columns == STRIP)
            weight_strips(1, c, x, dy + first, STRIP, dw + first);
        else
            weight_strips(1, c, x, dy + first, columns, dw + first);
    }
}

void LOOP(conv_loops)(struct kernels *k)
{
    k->conv = conv_loop;
    k->conv_weights = conv_weights_loop;
}
