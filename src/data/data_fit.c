// Rows are taken in order and sums are doubles, so results depend bit for bit only on the data. The deviation is that
// of the population (divided by n), as in scikit-learn's StandardScaler.
#include "data/data_fit.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/data_check.h"
#include "data/data_config.h"
#include "data/data_table.h"
#include <math.h>
#include <stdlib.h>

// --- filling

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

// Returns the middle one of sorted values, or the mean of the two in the middle.
static double median_of(const double *v, int64_t n)
{
    return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

// Returns the most frequent one of sorted values, the smallest if there are several.
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

// v := the values of a column that are not missing. Returns how many.
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

// --- scaling

// Statistics of each column. Missing values are filled or left out.
struct statistics {
    double *mean, *deviation, *min, *max; // (columns), in `block`
    double *block;                        // owned
};

static void read_filled_row(const struct data_selection *s, const double *fill, int64_t i, double *row)
{
    const struct data_table *t = s->tables[s->source[i]];
    data_table_row(t, s->index[i], row);
    for (int c = 0; fill && c < t->columns; c++)
        row[c] = isnan(row[c]) ? fill[c] : row[c];
}

static struct statistics measure_columns(const struct data_selection *s, const double *fill)
{
    int columns = s->tables[0]->columns;
    ASSERT(columns > 0 && s->rows > 0, "%lld rows", (long long)s->rows);
    double *block = mem_new(6 * (size_t)columns, sizeof *block), *row = block + 4 * columns, *n = row + columns;
    struct statistics m = {block, block + columns, block + 2 * columns, block + 3 * columns, block};

    for (int64_t i = 0; i < s->rows; i++) {
        read_filled_row(s, fill, i, row);
        for (int c = 0; c < columns; c++) {
            if (isnan(row[c]))
                continue;
            m.mean[c] += row[c];
            m.min[c] = n[c] == 0 || row[c] < m.min[c] ? row[c] : m.min[c];
            m.max[c] = n[c] == 0 || row[c] > m.max[c] ? row[c] : m.max[c];
            n[c]++;
        }
    }

    for (int c = 0; c < columns; c++)
        m.mean[c] /= n[c] > 0 ? n[c] : 1;
    for (int64_t i = 0; i < s->rows; i++) {
        read_filled_row(s, fill, i, row);
        for (int c = 0; c < columns; c++)
            m.deviation[c] += isnan(row[c]) ? 0 : (row[c] - m.mean[c]) * (row[c] - m.mean[c]);
    }

    for (int c = 0; c < columns; c++)
        m.deviation[c] = sqrt(m.deviation[c] / (n[c] > 0 ? n[c] : 1));
    return m;
}

static int fit_unit(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    ASSERT(out->factor, "unit without a factor");
    if (data_check_bytes(cfg->scale_at, s, e) != 0)
        return -1;
    for (int c = 0; c < out->columns; c++)
        out->factor[c] = 1.0 / 255;
    out->bytes_only = 1;
    return 0;
}

// Refuses a spread that double precision cannot hold, because it would make all values of the column equal.
static int refuse_spread(
    const struct data_config *cfg, const struct data_selection *s, const struct statistics *m, int c, struct err *e)
{
    char column[96];
    return data_error(cfg->scale_at, e,
        "%s of %s has values from %g to %g, whose spread double precision cannot hold; hint: does a value stand for "
        "a missing one? import --missing; otherwise import with another unit",
        data_column_name(column, s->tables[0], c), s->part->name, m->min[c], m->max[c]);
}

static int fit_scale(const struct data_config *cfg, const struct data_selection *s, struct scaling *out, struct err *e)
{
    if (cfg->scale == SCALE_NONE)
        return 0;

    out->shift = mem_new((size_t)out->columns, sizeof *out->shift);
    out->factor = mem_new((size_t)out->columns, sizeof *out->factor);
    if (cfg->scale == SCALE_UNIT)
        return fit_unit(cfg, s, out, e);

    ASSERT(cfg->scale == SCALE_STANDARD || cfg->scale == SCALE_MIN_MAX, "scale %d", cfg->scale);
    struct statistics m = measure_columns(s, out->fill);
    int rc = 0;
    for (int c = 0; c < out->columns; c++) {
        bool is_constant = m.min[c] == m.max[c];
        double shift = cfg->scale == SCALE_STANDARD ? m.mean[c] : m.min[c];
        double range = cfg->scale == SCALE_STANDARD ? m.deviation[c] : m.max[c] - m.min[c];
        if (!is_constant && !(isfinite(shift) && isnormal(range) && isnormal(1 / range)))
            rc = refuse_spread(cfg, s, &m, c, e);
        out->shift[c] = is_constant ? m.min[c] : shift; // the mean of equal values may differ from them by rounding
        out->factor[c] = is_constant ? 1 : 1 / range;
    }

    free(m.block);
    return rc;
}

int data_fit(const struct data_config *cfg, const struct data_selection *train, struct scaling *out, struct err *e)
{
    *out = (struct scaling){.columns = train->tables[0]->columns, .ignores_missing = cfg->missing == MISSING_IGNORE};
    if (fit_fill(cfg, train, out, e) == 0 && fit_scale(cfg, train, out, e) == 0)
        return 0;
    scaling_free(out);
    return -1;
}
