// Copies scalings and applies them to rows.
#include "data/data_scaling.h"

#include "base/err.h"
#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *copy_numbers(const double *from, int n)
{
    return from ? memcpy(mem_new((size_t)n, sizeof *from), from, (size_t)n * sizeof *from) : NULL;
}

void scaling_copy(struct scaling *to, const struct scaling *from)
{
    *to = *from;
    to->shift = copy_numbers(from->shift, from->columns);
    to->factor = copy_numbers(from->factor, from->columns);
    to->fill = copy_numbers(from->fill, from->columns);
}

void scaling_free(struct scaling *s)
{
    free(s->shift);
    free(s->factor);
    free(s->fill);
    *s = (struct scaling){0};
}

void scaling_apply(const struct scaling *s, bool as_float, const double *row, float *out)
{
    ASSERT(!s->factor == !s->shift, "%d columns", s->columns);
    for (int c = 0; c < s->columns; c++) {
        double v = s->fill && isnan(row[c]) ? s->fill[c] : row[c];
        if (!s->factor)
            out[c] = (float)v;
        else if (as_float)
            out[c] = ((float)v - (float)s->shift[c]) * (float)s->factor[c];
        else
            out[c] = (float)((v - s->shift[c]) * s->factor[c]);
    }
}
