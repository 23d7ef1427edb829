// Pooling and repeating of one sample in (height, width, channel) order, eight channels at a time.
#include "kernels/kernels_impl.h"

#include <string.h>

enum { MOST = 8 };
typedef real strip __attribute__((vector_size(MOST * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef __typeof__((strip){0} == (strip){0}) mask;

// The cells of the sample that are in a window: rows top to bottom - 1, columns left to right - 1.
struct cells {
    int top, bottom, left, right;
};

// Returns the window of output (i, j), cut to the sample.
INLINE struct cells window_cells(const struct windows *p, int i, int j)
{
    int top = i * p->stride_h - p->top, left = j * p->stride_w - p->left;
    int bottom = top + p->pool_h, right = left + p->pool_w;
    ASSERT(bottom > 0 && top < p->height && right > 0 && left < p->width, "window (%d, %d) is outside", i, j);
    return (struct cells){.top = top > 0 ? top : 0,
        .bottom = bottom < p->height ? bottom : p->height,
        .left = left > 0 ? left : 0,
        .right = right < p->width ? right : p->width};
}

// Returns the offset of the first channel of cell (i, j).
INLINE size_t cell_at(const struct windows *p, int i, int j)
{
    return ((size_t)i * (size_t)p->width + (size_t)j) * (size_t)p->channels;
}

// lanes_load and lanes_store load and store the first n lanes of a strip. If n is the constant MOST, this is one
// instruction.
INLINE void lanes_load(int n, const real *a, strip *s)
{
    if (n == MOST)
        *s = *(const strip *)a;
    else
        for (int k = 0; k < n; k++)
            (*s)[k] = a[k];
}

INLINE void lanes_store(int n, const strip *s, real *a)
{
    if (n == MOST)
        *(strip *)a = *s;
    else
        for (int k = 0; k < n; k++)
            a[k] = (*s)[k];
}

// *best := the maximum of the cells of a window
INLINE void window_max(int n, const struct windows *p, struct cells w, const real *x, strip *best)
{
    strip cell = {0};
    lanes_load(n, x + cell_at(p, w.top, w.left), best);
    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            lanes_load(n, x + cell_at(p, i, j), &cell);
            mask above = cell > *best;
            *best = (strip)(((mask)cell & above) | ((mask)*best & ~above));
        }
}

INLINE void window_max_forward(int n, const struct windows *p, struct cells w, const real *x, real *y)
{
    strip best = {0};
    window_max(n, p, w, x, &best);
    lanes_store(n, &best, y);
}

// Adds the gradient dy to the cell with the maximum; of equal cells, to the first one.
INLINE void window_max_backward(int n, const struct windows *p, struct cells w, const real *x, const real *dy, real *dx)
{
    strip best = {0}, left = {0}, cell = {0}, sum = {0};

    window_max(n, p, w, x, &best);
    lanes_load(n, dy, &left);

    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            real *to = dx + cell_at(p, i, j);
            lanes_load(n, x + cell_at(p, i, j), &cell);
            lanes_load(n, to, &sum);
            mask here = cell == best;
            sum += (strip)((mask)left & here);
            left = (strip)((mask)left & ~here);
            lanes_store(n, &sum, to);
        }
}

INLINE void window_mean_forward(int n, const struct windows *p, struct cells w, const real *x, real *y)
{
    strip sum = {0}, cell = {0};
    const real share = 1 / (real)((w.bottom - w.top) * (w.right - w.left));

    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            lanes_load(n, x + cell_at(p, i, j), &cell);
            sum += cell;
        }

    sum *= share;
    lanes_store(n, &sum, y);
}

INLINE void window_mean_backward(int n, const struct windows *p, struct cells w, const real *dy, real *dx)
{
    strip given = {0}, sum = {0};

    lanes_load(n, dy, &given);
    given *= 1 / (real)((w.bottom - w.top) * (w.right - w.left));
    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            lanes_load(n, dx + cell_at(p, i, j), &sum);
            sum += given;
            lanes_store(n, &sum, dx + cell_at(p, i, j));
        }
}

static void max_pool_loop(const struct windows *p, const real *restrict x, real *restrict y)
{
    ASSERT(p->stride_h > 0 && p->stride_w > 0 && p->channels > 0, "%d channels", p->channels);

    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, y += p->channels) {
            struct cells w = window_cells(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                window_max_forward(MOST, p, w, x + k, y + k);
            if (k < p->channels)
                window_max_forward(p->channels - k, p, w, x + k, y + k);
        }
}

static void max_pool_backward_loop(
    const struct windows *p, const real *restrict x, const real *restrict dy, real *restrict dx)
{
    ASSERT(p->stride_h > 0 && p->stride_w > 0 && p->channels > 0, "%d channels", p->channels);

    memset(dx, 0, cell_at(p, p->height, 0) * sizeof *dx);
    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, dy += p->channels) {
            struct cells w = window_cells(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                window_max_backward(MOST, p, w, x + k, dy + k, dx + k);
            if (k < p->channels)
                window_max_backward(p->channels - k, p, w, x + k, dy + k, dx + k);
        }
}

static void average_pool_loop(const struct windows *p, const real *restrict x, real *restrict y)
{
    ASSERT(p->stride_h > 0 && p->stride_w > 0 && p->channels > 0, "%d channels", p->channels);

    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, y += p->channels) {
            struct cells w = window_cells(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                window_mean_forward(MOST, p, w, x + k, y + k);
            if (k < p->channels)
                window_mean_forward(p->channels - k, p, w, x + k, y + k);
        }
}

static void average_pool_backward_loop(const struct windows *p, const real *restrict dy, real *restrict dx)
{
    ASSERT(p->stride_h > 0 && p->stride_w > 0 && p->channels > 0, "%d channels", p->channels);

    memset(dx, 0, cell_at(p, p->height, 0) * sizeof *dx);
    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, dy += p->channels) {
            struct cells w = window_cells(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                window_mean_backward(MOST, p, w, dy + k, dx + k);
            if (k < p->channels)
                window_mean_backward(p->channels - k, p, w, dy + k, dx + k);
        }
}

INLINE void cell_copy(int C, const real *restrict from, real *restrict to)
{
    int k = 0;
    for (; k + MOST <= C; k += MOST)
        memcpy(to + k, from + k, MOST * sizeof *to);
    for (; k < C; k++)
        to[k] = from[k];
}

INLINE void cell_add(int C, const real *restrict from, real *restrict to)
{
    int k = 0;
    for (; k + MOST <= C; k += MOST)
        for (int l = k; l < k + MOST; l++)
            to[l] += from[l];
    for (; k < C; k++)
        to[k] += from[k];
}

static void repeat_loop(int H, int W, int C, int by_h, int by_w, const real *restrict x, real *restrict y)
{
    ASSERT(H > 0 && W > 0 && C > 0 && by_h > 0 && by_w > 0, "%d x %d x %d", H, W, C);
    const size_t line = (size_t)W * (size_t)by_w * (size_t)C;

    for (int i = 0; i < H; i++, y += (size_t)by_h * line) {
        real *to = y;
        for (int j = 0; j < W; j++, x += C)
            for (int l = 0; l < by_w; l++, to += C)
                cell_copy(C, x, to);
        for (int l = 1; l < by_h; l++)
            memcpy(y + (size_t)l * line, y, line * sizeof *y);
    }
}

static void repeat_backward_loop(int H, int W, int C, int by_h, int by_w, const real *restrict dy, real *restrict dx)
{
    ASSERT(H > 0 && W > 0 && C > 0 && by_h > 0 && by_w > 0, "%d x %d x %d", H, W, C);
    memset(dx, 0, (size_t)H * (size_t)W * (size_t)C * sizeof *dx);

    for (int i = 0; i < H; i++, dx += (size_t)W * (size_t)C)
        for (int m = 0; m < by_h; m++)
            for (int j = 0; j < W; j++)
                for (int l = 0; l < by_w; l++, dy += C)
                    cell_add(C, dy, dx + (size_t)j * (size_t)C);
}

void LOOP(pool_loops)(struct kernels *k)
{
    k->max_pool = max_pool_loop;
    k->max_pool_backward = max_pool_backward_loop;
    k->average_pool = average_pool_loop;
    k->average_pool_backward = average_pool_backward_loop;
    k->repeat = repeat_loop;
    k->repeat_backward = repeat_backward_loop;
}
