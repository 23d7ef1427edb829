// Counts the values outside [0, 1] in one pass over the rows, in pieces of 64.
#include "data/data_range.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/gather.h"
#include "kernels/kernels.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const real LOW = (real)-CROSS_ENTROPY_ROUNDING, HIGH = (real)(1 + CROSS_ENTROPY_ROUNDING);

static bool is_outside(real x)
{
    return x < LOW || x > HIGH;
}

int64_t data_range_count(size_t n, const real *x)
{
    int64_t outside = 0;
    for (size_t i = 0; i < n; i++)
        outside += x[i] < LOW || x[i] > HIGH;
    return outside;
}

// Returns true if every possible byte is within the range after scaling.
static bool bytes_fit(const struct dataset *d)
{
    bool fit = d->type == DATASET_U8 && d->factor;
    for (int c = 0; fit && c < d->columns; c++)
        fit = !is_outside((0 - d->shift[c]) * d->factor[c]) && !is_outside((255 - d->shift[c]) * d->factor[c]);
    return fit;
}

// Notes the first value outside the range in a piece whose first row is `first`.
static void note_first(const struct dataset *d, int64_t first, size_t n, const real *x, struct data_range *out)
{
    for (size_t i = 0; i < n; i++)
        if (is_outside(x[i])) {
            out->row = first + (int64_t)(i / (size_t)d->columns);
            out->column = (int)(i % (size_t)d->columns);
            out->value = (double)x[i];
            return;
        }
}

void data_range_measure(const struct dataset *d, struct data_range *out)
{
    enum { ROWS = 64 };
    size_t columns = (size_t)d->columns;

    *out = (struct data_range){.values = d->rows * d->columns};
    if (bytes_fit(d))
        return;

    real *x = mem_new(ROWS * columns, sizeof *x);
    for (int64_t first = 0; first < d->rows; first += ROWS) {
        int rows = dataset_gather_piece(d, first, ROWS, x);
        ASSERT(rows > 0 && rows <= ROWS, "%d rows", rows);
        int64_t outside = data_range_count((size_t)rows * columns, x);
        if (outside && !out->outside)
            note_first(d, first, (size_t)rows * columns, x, out);
        out->outside += outside;
    }
    free(x);
}

char *data_range_first(char out[256], const struct data_range *r, const struct dataset *d)
{
    char column[96];

    ASSERT(r->outside > 0 && r->row < d->rows && r->column < d->columns, "row %lld", (long long)r->row);
    if (d->features)
        snprintf(column, sizeof column, "column '%.80s'", d->features[r->column % d->n_features]);
    else
        snprintf(column, sizeof column, "value %d", r->column);

    snprintf(out, 256, "the first, %g, in row %lld of %.100s, %s", r->value, (long long)d->index[r->row],
        d->sources[d->source[r->row]].name, column);
    return out;
}
