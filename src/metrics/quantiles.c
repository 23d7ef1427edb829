// Sorts floats, and computes quantiles of sorted values and from tables.
#include "metrics/quantiles.h"

#include "base/mem.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BYTE_VALUES = 256, KEY_BYTES = 4 };

// Returns an unsigned integer. These integers have the same order as the values.
static uint32_t ascending_key(float value)
{
    uint32_t bits;
    ASSERT(!isnan(value));
    value += 0.0f; // -0 becomes 0
    memcpy(&bits, &value, sizeof bits);
    return bits >> 31 ? ~bits : bits | 1u << 31;
}

static float value_of_key(uint32_t key)
{
    uint32_t bits = key >> 31 ? key & ~(1u << 31) : ~key;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// Does one stable pass of the sort, by byte number `byte`; `count` holds how often each value of that byte occurs. If
// all keys have the same byte, moves nothing and returns false.
static bool scatter_by_byte(const uint32_t *from, uint32_t *to, int64_t n, int byte, const int64_t *count)
{
    int64_t start[BYTE_VALUES], sum = 0;
    int shift = 8 * byte;
    if (count[from[0] >> shift & 0xff] == n)
        return false;

    for (int b = 0; b < BYTE_VALUES; b++) {
        start[b] = sum;
        sum += count[b];
    }
    ASSERT(sum == n, "%lld of %lld", (long long)sum, (long long)n);

    for (int64_t i = 0; i < n; i++)
        to[start[from[i] >> shift & 0xff]++] = from[i];
    return true;
}

int values_sort(float *v, int64_t n, struct err *e)
{
    int64_t count[KEY_BYTES][BYTE_VALUES] = {{0}};
    uint32_t *keys = mem_array(2 * (size_t)n + 1, sizeof *keys, "values to sort", e);
    if (!keys)
        return -1;

    uint32_t *from = keys, *to = keys + n;

    for (int64_t i = 0; i < n; i++) {
        keys[i] = ascending_key(v[i]);
        for (int b = 0; b < KEY_BYTES; b++)
            count[b][keys[i] >> 8 * b & 0xff]++;
    }

    for (int b = 0; b < KEY_BYTES && n > 0; b++)
        if (scatter_by_byte(from, to, n, b, count[b])) {
            uint32_t *moved = to;
            to = from;
            from = moved;
        }
    for (int64_t i = 0; i < n; i++)
        v[i] = value_of_key(from[i]);
    free(keys);

    return 0;
}

double interpolate_linear(double a, double b, double t)
{
    return t == 0 || a == b ? a : a + (b - a) * t;
}

double sorted_quantile(const float *sorted, int64_t n, double level)
{
    ASSERT(level >= 0 && level <= 1, "level %g", level);
    if (n == 0)
        return NAN;

    double at = level * (double)(n - 1);
    int64_t below = (int64_t)at, above = below + 1 < n ? below + 1 : below;
    return interpolate_linear((double)sorted[below], (double)sorted[above], at - (double)below);
}

// Returns true if the distribution is known. The values of a column without any number are all NaN.
static bool quantiles_are_known(const struct quantiles *q)
{
    ASSERT(q->n == 0 || (q->n >= 2 && q->level[0] == 0 && q->level[q->n - 1] == 1), "%d levels", q->n);
    return q->n > 0 && !isnan(q->value[0]);
}

double quantiles_value(const struct quantiles *q, double level)
{
    int i = 1;

    ASSERT(level >= 0 && level <= 1, "level %g", level);
    if (!quantiles_are_known(q))
        return NAN;
    while (q->level[i] < level)
        i++;

    double t = (level - q->level[i - 1]) / (q->level[i] - q->level[i - 1]);
    return t == 1 ? q->value[i] : interpolate_linear(q->value[i - 1], q->value[i], t);
}

double quantiles_share(const struct quantiles *q, double x, double *upper)
{
    int below = 0, above = q->n - 1; // how many values are below x; index of the first value above x

    if (upper)
        *upper = NAN;
    if (!quantiles_are_known(q) || isnan(x))
        return NAN;
    while (below < q->n && q->value[below] < x)
        below++;
    while (above >= 0 && q->value[above] > x)
        above--;
    above++;

    bool is_listed = above > below; // x is one of the values
    double share = 0;
    if (is_listed || below == 0)
        share = below < q->n ? q->level[below] : 1;
    else if (below == q->n)
        share = 1;
    else if (isinf(q->value[below]))
        share = q->level[below - 1];
    else
        share = q->level[below - 1] + (q->level[below] - q->level[below - 1]) * (x - q->value[below - 1]) /
                                          (q->value[below] - q->value[below - 1]);
    if (upper)
        *upper = is_listed ? q->level[above - 1] : share;

    return share;
}
