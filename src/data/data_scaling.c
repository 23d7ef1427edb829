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
    to->low = copy_numbers(from->low, from->columns);
    to->high = copy_numbers(from->high, from->columns);
    if (from->takes_log)
        to->takes_log = memcpy(mem_new((size_t)from->columns, sizeof *to->takes_log), from->takes_log,
            (size_t)from->columns * sizeof *to->takes_log);
}

void scaling_free(struct scaling *s)
{
    void *const owned[] = {s->shift, s->factor, s->fill, s->takes_log, s->low, s->high};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    *s = (struct scaling){0};
}

bool scaling_is_affine(const struct scaling *s)
{
    return !s->takes_log && !s->low;
}

double scaling_log(double x)
{
    return copysign(log1p(fabs(x)), x);
}

double scaling_exp(double x)
{
    return copysign(expm1(fabs(x)), x);
}

static double limit_value(double x, double low, double high)
{
    if (x < low)
        return low;
    return x > high ? high : x; // NaN stays
}

static float scale_value(const struct scaling *s, int c, double v)
{
    if (s->takes_log && s->takes_log[c])
        v = scaling_log(v);
    v = (v - s->shift[c]) * s->factor[c];
    return (float)(s->low ? limit_value(v, s->low[c], s->high[c]) : v);
}

void scaling_apply(const struct scaling *s, bool as_float, const double *row, float *out)
{
    ASSERT(!s->factor == !s->shift && !s->low == !s->high, "%d columns", s->columns);
    ASSERT(s->factor || scaling_is_affine(s), "%d columns without factors", s->columns);
    as_float = as_float && scaling_is_affine(s);

    for (int c = 0; c < s->columns; c++) {
        double v = s->fill && isnan(row[c]) ? s->fill[c] : row[c];
        if (!s->factor)
            out[c] = (float)v;
        else if (as_float)
            out[c] = ((float)v - (float)s->shift[c]) * (float)s->factor[c];
        else
            out[c] = scale_value(s, c, v);
    }
}

double scaling_undo(const struct scaling *s, int column, double scaled)
{
    ASSERT(column >= 0 && column < s->columns, "column %d of %d", column, s->columns);
    if (s->factor)
        scaled = scaled / s->factor[column] + s->shift[column];
    return s->takes_log && s->takes_log[column] ? scaling_exp(scaled) : scaled;
}

double scaling_round(const struct scaling *s, int column, double value)
{
    const double float_error = 1e-6;

    ASSERT(column >= 0 && column < s->columns, "column %d of %d", column, s->columns);
    if (!s->factor || s->factor[column] == 0 || !isfinite(value) || (s->takes_log && s->takes_log[column]))
        return value;
    double error = float_error * (fabs(s->shift[column]) + 1 / fabs(s->factor[column]));
    double per_unit = pow(10, floor(-log10(error))); // the finest power of ten that is told
    return per_unit > 1 ? round(value * per_unit) / per_unit : value;
}

void scaling_invert(const struct scaling *s, const float *row, float *out)
{
    for (int c = 0; c < s->columns; c++)
        out[c] = (float)scaling_undo(s, c, row[c]);
}
