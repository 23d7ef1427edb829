// Makes a reference from the errors and values of training rows, and looks quantiles up in it.
#include "score/reference.h"

#include "base/mem.h"
#include "metrics/quantiles.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The levels of the stored quantiles: steps of 5 % where most values are, and finer steps where anomalies begin. All
// deciles are included.
static const double levels[] = {0, .001, .005, .01, .02, .05, .1, .15, .2, .25, .3, .35, .4, .45, .5, .55, .6, .65, .7,
    .75, .8, .85, .9, .91, .92, .93, .94, .95, .96, .97, .98, .99, .995, .999, 1};
enum { LEVELS = sizeof levels / sizeof *levels };

void reference_free(struct reference *r)
{
    free(r->level);
    free(r->error);
    free(r->validation_error);
    free(r->largest);
    free(r->feature_error);
    free(r->value);
    free(r->column_error);
    *r = (struct reference){0};
}

// Sets out (levels) to the quantiles of the values (n) that are not NaN. Moves these values to the front of `values`
// and sorts them. Returns their number, or -1 and an error if memory runs out.
static int64_t take_quantiles(const struct reference *r, float *values, int64_t n, double *out, struct err *e)
{
    int64_t numbers = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(values[i]))
            values[numbers++] = values[i];
    if (values_sort(values, numbers, e) != 0)
        return -1;

    for (int i = 0; i < r->levels; i++)
        out[i] = sorted_quantile(values, numbers, r->level[i]);
    return numbers;
}

// Returns the quantiles of the errors (rows), owned by the caller, or NULL and an error if memory runs out. Sets
// *sorted (rows) to the sorted errors, which the caller also owns.
static double *error_quantiles(
    const struct reference *r, const float *error, int64_t rows, float **sorted, struct err *e)
{
    double *out = mem_new((size_t)r->levels, sizeof *out);
    *sorted = mem_array((size_t)rows, sizeof **sorted, "sorted errors", e);

    if (*sorted) {
        memcpy(*sorted, error, (size_t)rows * sizeof **sorted);
        if (take_quantiles(r, *sorted, rows, out, e) >= 0)
            return out;
    }
    free(*sorted);
    *sorted = NULL;
    free(out);

    return NULL;
}

static void keep_largest(struct reference *r, const float *sorted)
{
    enum { SHARE = 20, LEAST = 50 };
    int64_t n = r->rows / SHARE > LEAST ? r->rows / SHARE : LEAST;
    n = n < REFERENCE_LARGEST ? n : REFERENCE_LARGEST;
    r->n_largest = n < r->rows ? n : r->rows;

    r->largest = mem_new((size_t)r->n_largest, sizeof *r->largest);
    for (int64_t i = 0; i < r->n_largest; i++)
        r->largest[i] = sorted[r->rows - 1 - i];
}

// Sets the mean, the deviation, the median and the median absolute deviation. Overwrites the sorted errors.
static int summarise_sorted(struct reference *r, float *sorted, struct err *e)
{
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < r->rows; i++)
        sum += (double)sorted[i];
    r->mean = sum / (double)r->rows;

    r->median = sorted_quantile(sorted, r->rows, 0.5);
    for (int64_t i = 0; i < r->rows; i++) {
        double difference = (double)sorted[i] - r->mean;
        squares += difference * difference;
        bool is_median = (double)sorted[i] == r->median; // also true if both are infinite and their difference is NaN
        sorted[i] = is_median ? 0 : (float)fabs((double)sorted[i] - r->median);
    }
    r->deviation = sqrt(squares / (double)r->rows);

    if (values_sort(sorted, r->rows, e) != 0)
        return -1;
    r->mad = sorted_quantile(sorted, r->rows, 0.5);
    return 0;
}

int reference_add_errors(
    struct reference *r, const float *error, int64_t rows, double quantile, double *threshold, struct err *e)
{
    float *sorted;

    ASSERT(rows > 0 && !r->levels, "%lld rows", (long long)rows);
    *r = (struct reference){.rows = rows, .levels = LEVELS, .level = mem_new(LEVELS, sizeof *r->level)};
    memcpy(r->level, levels, sizeof levels);
    r->error = error_quantiles(r, error, rows, &sorted, e);
    if (!r->error) {
        reference_free(r);
        return -1;
    }

    *threshold = sorted_quantile(sorted, rows, quantile);
    keep_largest(r, sorted);
    int rc = summarise_sorted(r, sorted, e);
    free(sorted);

    return rc;
}

int reference_add_validation(struct reference *r, const float *error, int64_t rows, struct err *e)
{
    float *sorted;

    ASSERT(r->levels && !r->validation_error && rows > 0, "%lld rows", (long long)rows);
    r->validation_error = error_quantiles(r, error, rows, &sorted, e);
    free(sorted);

    return r->validation_error ? 0 : -1;
}

int64_t reference_sample_rows(const struct dataset *d)
{
    if (d->n_features > REFERENCE_FEATURES)
        return 0;
    int64_t most = REFERENCE_VALUES / d->columns;
    most = most < REFERENCE_ROWS ? most : REFERENCE_ROWS;
    return most < d->rows ? most : d->rows;
}

double *reference_column_quantiles(
    const struct reference *r, const float *values, int64_t rows, int columns, struct err *e)
{
    size_t n = (size_t)columns * (size_t)r->levels;
    double *out = mem_array(n, sizeof *out, "quantiles of features", e);
    float *column = mem_array((size_t)rows, sizeof *column, "a column", e);
    int64_t rc = out && column ? 0 : -1;

    for (int c = 0; c < columns && rc >= 0; c++) {
        for (int64_t i = 0; i < rows; i++)
            column[i] = values[i * columns + c];
        rc = take_quantiles(r, column, rows, out + (size_t)c * (size_t)r->levels, e);
    }
    free(column);
    if (rc >= 0)
        return out;

    free(out);
    return NULL;
}

// --- looking up

// Returns row `row` of a table (rows, levels) of quantiles; empty if `table` is NULL.
static struct quantiles quantiles_of_row(const struct reference *r, const double *table, int row)
{
    if (!table)
        return (struct quantiles){0};
    return (struct quantiles){r->level, table + (size_t)row * (size_t)r->levels, r->levels};
}

struct quantiles reference_errors(const struct reference *r)
{
    return quantiles_of_row(r, r->error, 0);
}

struct quantiles reference_feature_errors(const struct reference *r, int column)
{
    ASSERT(!r->columns || (column >= 0 && column < r->columns), "column %d", column);
    return quantiles_of_row(r, r->feature_error, column);
}

struct quantiles reference_column_errors(const struct reference *r, int number)
{
    ASSERT(!r->table_columns || (number >= 0 && number < r->table_columns), "column %d", number);
    return quantiles_of_row(r, r->column_error, number);
}

struct quantiles reference_values(const struct reference *r, int column)
{
    ASSERT(!r->columns || (column >= 0 && column < r->columns), "column %d", column);
    return quantiles_of_row(r, r->value, column);
}

double reference_quantile(const struct reference *r, double level)
{
    if (!r->levels)
        return NAN;

    double at = level * (double)(r->rows - 1); // as in sorted_quantile
    int64_t below = (int64_t)at, from_top = r->rows - 1 - below;
    if (from_top < r->n_largest) {
        double lower = (double)r->largest[from_top], upper = (double)r->largest[from_top > 0 ? from_top - 1 : 0];
        return interpolate_linear(lower, upper, at - (double)below);
    }
    struct quantiles q = reference_errors(r);
    return quantiles_value(&q, level);
}

double reference_share_above(const struct reference *r, double x)
{
    struct quantiles q = reference_errors(r);
    int64_t above = 0;
    double share_not_above;

    while (above < r->n_largest && (double)r->largest[above] > x)
        above++;
    if (r->n_largest > 0 && (above < r->n_largest || r->n_largest == r->rows))
        return (double)above / (double)r->rows;
    quantiles_share(&q, x, &share_not_above);
    return 1 - share_not_above;
}
