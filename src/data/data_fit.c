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

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_of(const double *v, int64_t n)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += v[i];
    return sum / (double)n;
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

// Collects the values of a column that are not missing into v. Returns how many there are.
static int64_t collect_present_values(const struct data_selection *s, int column, double *v)
{
    int64_t n = 0;
    for (int64_t i = 0; i < s->rows; i++) {
        v[n] = data_table_value(s->tables[s->source[i]], s->index[i], column);
        n += !isnan(v[n]);
    }
    return n;
}

static double fill_of(int fill, double *v, int64_t n)
{
    ASSERT(n > 0 && fill != FILL_NONE, "%lld values, fill %d", (long long)n, fill);
    if (fill == FILL_MEAN)
        return mean_of(v, n);
    qsort(v, (size_t)n, sizeof *v, compare_double);
    return fill == FILL_MEDIAN ? median_of(v, n) : mode_of(v, n);
}

static int fit_fill(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    char column[96];
    int result = 0;

    if (cfg->fill == FILL_NONE)
        return 0;
    double *v = mem_array((size_t)s->rows, sizeof *v, "data.fill", e);
    if (!v)
        return -1;

    out->fill = mem_new((size_t)out->columns, sizeof *out->fill);
    for (int c = 0; c < out->columns; c++) {
        int64_t n = collect_present_values(s, c, v);
        if (n)
            out->fill[c] = fill_of(cfg->fill, v, n);
        else
            result = data_error(cfg->fill_at, e, "%s is missing in every row of %s: nothing to fill it from",
                data_column_name(column, s->tables[0], c), s->part->name);
    }

    free(v);
    return result;
}

int data_fit(const struct data_config *cfg, const struct data_selection *train, struct scaling *out, struct err *e)
{
    *out = (struct scaling){.columns = train->tables[0]->columns, .ignores_missing = cfg->missing == MISSING_IGNORE};
    if (fit_fill(cfg, train, out, e) == 0 && data_fit_scale(cfg, train, out, e) == 0)
        return 0;
    scaling_free(out);
    return -1;
}
