// Fits the values that replace missing ones. Rows are taken in order and sums are doubles, so the bits of the results
// depend only on the data.
#include "data/data_fit.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/data_check.h"
#include "data/data_config.h"
#include "data/data_fit_scale.h"
#include "data/data_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Returns the median of sorted values.
static double median_of(const double *v, int64_t n)
{
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

// Returns the most frequent of sorted values, or the smallest of these if there are several.
static double mode_of(const double *v, int64_t n)
{
    int64_t longest = 0;
    double mode = v[0];

    for (int64_t first = 0, last; first < n; first = last) {
        for (last = first; last < n && v[last] == v[first]; last++)
            ;
        if (last - first > longest) {
            longest = last - first;
            mode = v[first];
        }
    }
    return mode;
}

static int refuse_column(const struct data_config *cfg, const struct data_selection *s, int c, struct err *e)
{
    char column[96];
    return data_error(cfg->fill_at, e, "%s is missing in every row of %s: nothing to fill it from",
        data_column_name(column, s->tables[0], c), s->part->name);
}

// Takes the means of all columns in one pass, because the rows may be larger than memory.
static int fit_means(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    double *row = mem_new(2 * (size_t)out->columns, sizeof *row), *n = row + out->columns;
    int result = 0;

    for (int64_t i = 0; i < s->rows; i++) {
        data_table_row(s->tables[s->source[i]], s->index[i], row);
        for (int c = 0; c < out->columns; c++) {
            out->fill[c] += isnan(row[c]) ? 0 : row[c];
            n[c] += !isnan(row[c]);
        }
    }

    for (int c = 0; c < out->columns; c++) {
        if (n[c] == 0)
            result = refuse_column(cfg, s, c, e);
        out->fill[c] /= n[c] > 0 ? n[c] : 1;
    }
    free(row);
    return result;
}

// Copies the values of columns [from, from + columns) that are not missing to v (columns, rows). Sets count (columns)
// to their number in each column.
static void collect_present_values(const struct data_selection *s, int from, int columns, double *v, int64_t *count)
{
    memset(count, 0, (size_t)columns * sizeof *count);
    for (int64_t i = 0; i < s->rows; i++)
        for (int c = 0; c < columns; c++) {
            double x = data_table_value(s->tables[s->source[i]], s->index[i], from + c);
            v[c * s->rows + count[c]] = x;
            count[c] += !isnan(x);
        }
}

static double sorted_fill(int fill, double *v, int64_t n)
{
    ASSERT(n > 0 && fill != FILL_MEAN, "%lld values, fill %d", (long long)n, fill);
    qsort(v, (size_t)n, sizeof *v, compare_double);
    return fill == FILL_MEDIAN ? median_of(v, n) : mode_of(v, n);
}

// Fills with medians or modes. Sorts the values of several columns at a time, because these are neighbours in memory.
static int fit_sorted(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    enum { BLOCK_VALUES = 1 << 23, MOST = 64 };
    int64_t block = BLOCK_VALUES / s->rows, count[MOST];
    int result = 0;

    block = block < 1 ? 1 : block;
    block = block > MOST ? MOST : block;
    block = block > out->columns ? out->columns : block;
    double *v = mem_array((size_t)(block * s->rows), sizeof *v, "data.fill", e);
    if (!v)
        return -1;

    for (int from = 0; from < out->columns; from += (int)block) {
        int columns = out->columns - from < block ? out->columns - from : (int)block;
        collect_present_values(s, from, columns, v, count);
        for (int c = 0; c < columns; c++)
            if (count[c])
                out->fill[from + c] = sorted_fill(cfg->fill, v + c * s->rows, count[c]);
            else
                result = refuse_column(cfg, s, from + c, e);
    }

    free(v);
    return result;
}

static int fit_fill(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    if (cfg->fill == FILL_NONE)
        return 0;
    out->fill = mem_new((size_t)out->columns, sizeof *out->fill);
    return cfg->fill == FILL_MEAN ? fit_means(cfg, s, out, e) : fit_sorted(cfg, s, out, e);
}

int data_fit(const struct data_config *cfg, const struct data_selection *train, struct scaling *out, struct err *e)
{
    *out = (struct scaling){.columns = train->tables[0]->columns, .ignores_missing = cfg->missing == MISSING_IGNORE};
    if (fit_fill(cfg, train, out, e) == 0 && data_fit_scale(cfg, train, out, e) == 0)
        return 0;
    scaling_free(out);
    return -1;
}
