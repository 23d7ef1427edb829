// Gathers a batch row by row. Rows are far apart in memory, so the first cache lines of the row after the next one are
// prefetched.
#include "data/gather.h"

#include "base/err.h"
#include "data/dataset_stream.h"
#include "kernels/kernels.h"
#include <stddef.h>
#include <stdint.h>

static inline void prefetch_row(const void *row, size_t bytes)
{
    const char *p = row;
    for (size_t i = 0; i < bytes; i += 64)
        __builtin_prefetch(p + i);
}

void dataset_gather(const struct dataset *d, const int32_t *rows, int n, real *out)
{
    if (d->type == DATASET_STORED) {
        dataset_gather_stored(d, rows, n, out);
        return;
    }

    enum { AHEAD = 2, FETCHED = 1024 }; // rows ahead; bytes prefetched per row: the hardware prefetches the others
    size_t bytes = (size_t)d->columns * (d->type == DATASET_U8 ? 1 : sizeof(float));
    const struct kernels *k = kernels();
    size_t columns = (size_t)d->columns;
    ASSERT(n >= 0 && d->row && !d->factor == !d->shift, "%d rows", n);

    for (int r = 0; r < n; r++, out += columns) {
        if (r + AHEAD < n)
            prefetch_row(d->row[rows[r + AHEAD]], bytes < FETCHED ? bytes : FETCHED);
        const void *x = d->row[rows[r]];
        if (d->type == DATASET_U8 && d->factor)
            k->scale_u8(columns, x, d->shift, d->factor, out);
        else if (d->type == DATASET_U8)
            k->widen_u8(columns, x, out);
        else if (d->factor)
            k->scale_f32(columns, x, d->shift, d->factor, out);
        else
            k->widen_f32(columns, x, out);
    }
}

int dataset_gather_piece(const struct dataset *d, int64_t first, int most, real *out)
{
    enum { ROWS = 256 };
    int n = d->rows - first < most ? (int)(d->rows - first) : most;
    int32_t list[ROWS];

    ASSERT(first >= 0 && n >= 0, "%d rows from row %lld", n, (long long)first);
    for (int done = 0, part; done < n; done += part) {
        part = n - done < ROWS ? n - done : ROWS;
        for (int i = 0; i < part; i++)
            list[i] = (int32_t)(first + done + i);
        dataset_gather(d, list, part, out + (size_t)done * (size_t)d->columns);
    }
    return n;
}
