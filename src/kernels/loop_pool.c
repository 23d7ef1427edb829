// Pooling and repeating of one sample in (height, width, channel) order; the channels are taken eight at a time.
#include "kernels/kernels_impl.h"

#include <string.h>

#define INLINE static inline __attribute__((always_inline))
enum { MOST = 8 };
typedef real strip __attribute__((vector_size(MOST * sizeof(real)), aligned(sizeof(real)), may_alias));
typedef __typeof__((strip){0} == (strip){0}) mask;

// The cells of the sample that lie in a window.
struct cells {
    int top, bottom, left, right; // bottom and right are not in it
};

INLINE struct cells window(const struct windows *p, int i, int j)
{
    int top = i * p->stride_h - p->top, left = j * p->stride_w - p->left;
    int bottom = top + p->pool_h, right = left + p->pool_w;
    return (struct cells){.top = top > 0 ? top : 0,
        .bottom = bottom < p->height ? bottom : p->height,
        .left = left > 0 ? left : 0,
        .right = right < p->width ? right : p->width};
}

INLINE size_t cell_at(const struct windows *p, int i, int j)
{
    return ((size_t)i * (size_t)p->width + (size_t)j) * (size_t)p->channels;
}

// The first n of a strip; where n is MOST, a constant, that is one load or store.
INLINE void get(int n, const real *a, strip *s)
{
    if (n == MOST)
        *s = *(const strip *)a;
    else
        for (int k = 0; k < n; k++)
            (*s)[k] = a[k];
}

INLINE void put(int n, const strip *s, real *a)
{
    if (n == MOST)
        *(strip *)a = *s;
    else
        for (int k = 0; k < n; k++)
            a[k] = (*s)[k];
}

INLINE void largest(int n, const struct windows *p, struct cells w, const real *x, strip *best)
{
    strip cell = {0};
    get(n, x + cell_at(p, w.top, w.left), best);
    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            get(n, x + cell_at(p, i, j), &cell);
            mask above = cell > *best;
            *best = (strip)(((mask)cell & above) | ((mask)*best & ~above));
        }
}

INLINE void max_forward(int n, const struct windows *p, struct cells w, const real *x, real *y)
{
    strip best = {0};
    largest(n, p, w, x, &best);
    put(n, &best, y);
}

// The first of equal cells has the gradient.
INLINE void max_back(int n, const struct windows *p, struct cells w, const real *x, const real *dy, real *dx)
{
    strip best = {0}, left = {0}, cell = {0}, sum = {0};
    largest(n, p, w, x, &best);
    get(n, dy, &left);
    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            real *to = dx + cell_at(p, i, j);
            get(n, x + cell_at(p, i, j), &cell);
            get(n, to, &sum);
            mask here = cell == best;
            sum += (strip)((mask)left & here);
            left = (strip)((mask)left & ~here);
            put(n, &sum, to);
        }
}

INLINE void mean_forward(int n, const struct windows *p, struct cells w, const real *x, real *y)
{
    strip sum = {0}, cell = {0};
    const real share = 1 / (real)((w.bottom - w.top) * (w.right - w.left));
    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            get(n, x + cell_at(p, i, j), &cell);
            sum += cell;
        }
    sum *= share;
    put(n, &sum, y);
}

INLINE void mean_back(int n, const struct windows *p, struct cells w, const real *dy, real *dx)
{
    strip given = {0}, sum = {0};
    get(n, dy, &given);
    given *= 1 / (real)((w.bottom - w.top) * (w.right - w.left));
    for (int i = w.top; i < w.bottom; i++)
        for (int j = w.left; j < w.right; j++) {
            get(n, dx + cell_at(p, i, j), &sum);
            sum += given;
            put(n, &sum, dx + cell_at(p, i, j));
        }
}

static void max_pool(const struct windows *p, const real *restrict x, real *restrict y)
{
    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, y += p->channels) {
            struct cells w = window(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                max_forward(MOST, p, w, x + k, y + k);
            if (k < p->channels)
                max_forward(p->channels - k, p, w, x + k, y + k);
        }
}

static void max_pool_backward(
    const struct windows *p, const real *restrict x, const real *restrict dy, real *restrict dx)
{
    memset(dx, 0, cell_at(p, p->height, 0) * sizeof *dx);
    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, dy += p->channels) {
            struct cells w = window(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                max_back(MOST, p, w, x + k, dy + k, dx + k);
            if (k < p->channels)
                max_back(p->channels - k, p, w, x + k, dy + k, dx + k);
        }
}

static void average_pool(const struct windows *p, const real *restrict x, real *restrict y)
{
    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, y += p->channels) {
            struct cells w = window(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                mean_forward(MOST, p, w, x + k, y + k);
            if (k < p->channels)
                mean_forward(p->channels - k, p, w, x + k, y + k);
        }
}

static void average_pool_backward(const struct windows *p, const real *restrict dy, real *restrict dx)
{
    memset(dx, 0, cell_at(p, p->height, 0) * sizeof *dx);
    for (int i = 0; i < p->out_height; i++)
        for (int j = 0; j < p->out_width; j++, dy += p->channels) {
            struct cells w = window(p, i, j);
            int k = 0;
            for (; k + MOST <= p->channels; k += MOST)
                mean_back(MOST, p, w, dy + k, dx + k);
            if (k < p->channels)
                mean_back(p->channels - k, p, w, dy + k, dx + k);
        }
}

INLINE void copy_cell(int C, const real *restrict from, real *restrict to)
{
    int k = 0;
    for (; k + MOST <= C; k += MOST)
        memcpy(to + k, from + k, MOST * sizeof *to);
    for (; k < C; k++)
        to[k] = from[k];
}

INLINE void add_cell(int C, const real *restrict from, real *restrict to)
{
    int k = 0;
    for (; k + MOST <= C; k += MOST)
        for (int l = k; l < k + MOST; l++)
            to[l] += from[l];
    for (; k < C; k++)
        to[k] += from[k];
}

static void repeat(int H, int W, int C, int by_h, int by_w, const real *restrict x, real *restrict y)
{
    const size_t line = (size_t)W * (size_t)by_w * (size_t)C;
    for (int i = 0; i < H; i++, y += (size_t)by_h * line) {
        real *to = y;
        for (int j = 0; j < W; j++, x += C)
            for (int l = 0; l < by_w; l++, to += C)
                copy_cell(C, x, to);
        for (int l = 1; l < by_h; l++)
            memcpy(y + (size_t)l * line, y, line * sizeof *y);
    }
}

static void repeat_backward(int H, int W, int C, int by_h, int by_w, const real *restrict dy, real *restrict dx)
{
    memset(dx, 0, (size_t)H * (size_t)W * (size_t)C * sizeof *dx);
    for (int i = 0; i < H; i++, dx += (size_t)W * (size_t)C)
        for (int m = 0; m < by_h; m++)
            for (int j = 0; j < W; j++)
                for (int l = 0; l < by_w; l++, dy += C)
                    add_cell(C, dy, dx + (size_t)j * (size_t)C);
}

void LOOP(pool_loops)(struct kernels *k)
{
    k->max_pool = max_pool;
    k->max_pool_backward = max_pool_backward;
    k->average_pool = average_pool;
    k->average_pool_backward = average_pool_backward;
    k->repeat = repeat;
    k->repeat_backward = repeat_backward;
}
