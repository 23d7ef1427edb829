// Copies scalings and applies them to rows.
#include "data/data_scaling.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "data/picture_scaling.h"
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
    to->group_shift = copy_numbers(from->group_shift, from->n_groups * from->columns);
    to->group_factor = copy_numbers(from->group_factor, from->n_groups * from->columns);
    to->group_name = list_copy(from->group_name, from->n_groups);
    if (from->takes_log)
        to->takes_log = memcpy(mem_new((size_t)from->columns, sizeof *to->takes_log), from->takes_log,
            (size_t)from->columns * sizeof *to->takes_log);
}

void scaling_free(struct scaling *s)
{
    void *const owned[] = {
        s->shift, s->factor, s->fill, s->takes_log, s->low, s->high, s->group_shift, s->group_factor};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    list_free(s->group_name, s->n_groups);
    *s = (struct scaling){0};
}

bool scaling_is_affine(const struct scaling *s)
{
    return !s->takes_log && !s->low && !s->n_groups && !(s->smooth > 0) && !s->normalizes;
}

bool scaling_loses_values(const struct scaling *s)
{
    return s->smooth > 0 || s->normalizes || s->low;
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
    return x > high ? high : x; // NaN stays NaN
}

int *scaling_match_groups(const struct scaling *s, char *const *name, int n)
{
    int *number = s->n_groups ? mem_new((size_t)n + 1, sizeof *number) : NULL;

    for (int i = 0; number && i < n; i++) {
        number[i] = s->n_groups - 1;
        while (number[i] >= 0 && strcmp(s->group_name[number[i]], name[i]) != 0)
            number[i]--;
    }
    return number;
}

static float scale_value(const struct scaling *s, int group, int c, double v)
{
    int at = group * s->columns + c;

    ASSERT(group < s->n_groups, "group %d of %d", group, s->n_groups);
    if (s->takes_log && s->takes_log[c])
        v = scaling_log(v);
    if (group < 0)
        v = (v - s->shift[c]) * s->factor[c];
    else
        v = (v - s->group_shift[at]) * s->group_factor[at];
    return (float)(s->low ? limit_value(v, s->low[c], s->high[c]) : v);
}

// Scales a row by shifts and factors. The loops have no branches, so that the compiler vectorizes them.
static void scale_affine(const struct scaling *s, bool as_float, const double *restrict row, float *restrict out)
{
    const double *restrict shift = s->shift, *restrict factor = s->factor;
    int n = s->columns;

    for (int c = 0; !factor && c < n; c++)
        out[c] = (float)row[c];
    for (int c = 0; factor && as_float && c < n; c++)
        out[c] = ((float)row[c] - (float)shift[c]) * (float)factor[c];
    for (int c = 0; factor && !as_float && c < n; c++)
        out[c] = (float)((row[c] - shift[c]) * factor[c]);
}

// Does the steps that see a whole picture.
static void scale_picture(const struct scaling *s, float *x)
{
    ASSERT(s->columns == s->height * s->width * s->channels, "%d values of %d x %d", s->columns, s->height, s->width);
    if (s->smooth > 0)
        picture_smooth(x, s->height, s->width, s->channels, s->smooth);
    if (s->normalizes)
        picture_normalize(x, s->columns);
}

void scaling_apply(const struct scaling *s, int group, bool as_float, const double *row, float *out)
{
    ASSERT(!s->factor == !s->shift && !s->low == !s->high, "%d columns", s->columns);
    ASSERT(s->factor || scaling_is_affine(s), "%d columns without factors", s->columns);

    if (scaling_is_affine(s) && !s->fill) {
        scale_affine(s, as_float, row, out);
        return;
    }

    as_float = as_float && scaling_is_affine(s);
    for (int c = 0; c < s->columns; c++) {
        double v = s->fill && isnan(row[c]) ? s->fill[c] : row[c];
        if (!s->factor)
            out[c] = (float)v;
        else if (as_float)
            out[c] = ((float)v - (float)s->shift[c]) * (float)s->factor[c];
        else
            out[c] = scale_value(s, group, c, v);
    }
    if (s->smooth > 0 || s->normalizes)
        scale_picture(s, out);
}

double scaling_level(const struct scaling *s, int group, const float *row)
{
    struct scaling before = *s; // borrows the arrays

    if (!s->normalizes)
        return 1;
    double *value = mem_new((size_t)s->columns, sizeof *value);
    float *scaled = mem_new((size_t)s->columns, sizeof *scaled);
    for (int c = 0; c < s->columns; c++)
        value[c] = (double)row[c];
    before.normalizes = 0;
    scaling_apply(&before, group, false, value, scaled);
    double level = picture_level(scaled, s->columns);
    free(value);
    free(scaled);
    return level > 0 ? level : 1;
}

static double shift_of(const struct scaling *s, int group, int column)
{
    ASSERT(group < s->n_groups, "group %d of %d", group, s->n_groups);
    return group < 0 ? s->shift[column] : s->group_shift[group * s->columns + column];
}

static double factor_of(const struct scaling *s, int group, int column)
{
    ASSERT(group < s->n_groups, "group %d of %d", group, s->n_groups);
    return group < 0 ? s->factor[column] : s->group_factor[group * s->columns + column];
}

double scaling_undo(const struct scaling *s, int group, int column, double scaled)
{
    ASSERT(column >= 0 && column < s->columns, "column %d of %d", column, s->columns);
    if (s->factor)
        scaled = scaled / factor_of(s, group, column) + shift_of(s, group, column);
    return s->takes_log && s->takes_log[column] ? scaling_exp(scaled) : scaled;
}

double scaling_round(const struct scaling *s, int group, int column, double value)
{
    const double float_error = 1e-6;

    ASSERT(column >= 0 && column < s->columns, "column %d of %d", column, s->columns);
    double factor = s->factor ? factor_of(s, group, column) : 0;
    if (factor == 0 || !isfinite(value) || (s->takes_log && s->takes_log[column]))
        return value;
    double error = float_error * (fabs(shift_of(s, group, column)) + 1 / fabs(factor));
    double per_unit = pow(10, floor(-log10(error))); // 10 to the power of the number of decimals that are kept
    return per_unit > 1 ? round(value * per_unit) / per_unit : value;
}

void scaling_invert(const struct scaling *s, int group, const float *row, float *out)
{
    for (int c = 0; c < s->columns; c++)
        out[c] = (float)scaling_undo(s, group, c, row[c]);
}
