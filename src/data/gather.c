// Gathering of a batch: one loop per type and scaling, each over a row of contiguous values.
//
// The loops are chosen once a call and inlined into the loop over rows; the compiler vectorises them (this file alone
// is built with -O3). Rows lie far apart, so the first lines of the row after next are fetched ahead.
#include "data/gather.h"

#include <stddef.h>
#include <stdint.h>

static inline void widen_u8(const uint8_t *restrict x, int columns, real *restrict out)
{
    for (int i = 0; i < columns; i++)
        out[i] = (real)x[i];
}

static inline void widen_f32(const float *restrict x, int columns, real *restrict out)
{
    for (int i = 0; i < columns; i++)
        out[i] = (real)x[i];
}

static inline void scale_u8(const uint8_t *restrict x, const float *restrict shift, const float *restrict factor,
    int columns, real *restrict out)
{
    for (int i = 0; i < columns; i++)
        out[i] = ((float)x[i] - shift[i]) * factor[i];
}

static inline void scale_f32(
    const float *restrict x, const float *restrict shift, const float *restrict factor, int columns, real *restrict out)
{
    for (int i = 0; i < columns; i++)
        out[i] = (x[i] - shift[i]) * factor[i];
}

static inline void fetch(const void *row, size_t bytes)
{
    const char *p = row;
    for (size_t i = 0; i < bytes; i += 64)
        __builtin_prefetch(p + i);
}

void dataset_gather(const struct dataset *d, const int32_t *rows, int n, real *out)
{
    enum { AHEAD = 2, FETCHED = 1024 }; // rows; bytes of each: the hardware follows a longer row by itself
    size_t bytes = (size_t)d->columns * (d->type == DATASET_U8 ? 1 : sizeof(float));
    for (int r = 0; r < n; r++, out += d->columns) {
        if (r + AHEAD < n)
            fetch(d->row[rows[r + AHEAD]], bytes < FETCHED ? bytes : FETCHED);
        const void *x = d->row[rows[r]];
        if (d->type == DATASET_U8 && d->factor)
            scale_u8(x, d->shift, d->factor, d->columns, out);
        else if (d->type == DATASET_U8)
            widen_u8(x, d->columns, out);
        else if (d->factor)
            scale_f32(x, d->shift, d->factor, d->columns, out);
        else
            widen_f32(x, d->columns, out);
    }
}
