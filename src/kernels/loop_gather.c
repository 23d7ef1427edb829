// Converts rows of stored values to rows of a batch: widens and scales them.
#include "kernels/kernels_impl.h"

static void widen_u8_loop(size_t n, const uint8_t *restrict x, real *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (real)x[i];
}

static void widen_f32_loop(size_t n, const float *restrict x, real *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (real)x[i];
}

static void scale_u8_loop(
    size_t n, const uint8_t *restrict x, const float *restrict shift, const float *restrict factor, real *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = ((float)x[i] - shift[i]) * factor[i];
}

static void scale_f32_loop(
    size_t n, const float *restrict x, const float *restrict shift, const float *restrict factor, real *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (x[i] - shift[i]) * factor[i];
}

void LOOP(gather_loops)(struct kernels *k)
{
    k->widen_u8 = widen_u8_loop;
    k->widen_f32 = widen_f32_loop;
    k->scale_u8 = scale_u8_loop;
    k->scale_f32 = scale_f32_loop;
}
