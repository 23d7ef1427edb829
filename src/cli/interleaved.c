// A column that says which series a row belongs to differs from other text: within each of its values, the times ascend
// in equal steps, although the value changes from row to row.
#include "cli/interleaved.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/columns.h"
#include "data/gather.h"
#include <stdlib.h>
#include <string.h>

enum { SERIES_MOST = 64, LEAST_STEPS = 10, PIECE_ROWS = 1000 };

// The times of the rows, divided into series by a column or by groups.
struct series_steps {
    int n_series;
    int64_t *last;            // (n_series), owned: time of the last row of a series
    int64_t *rows;            // (n_series), owned: number of rows of a series
    int64_t *step;            // (rows), owned: times from a row to the next one of its series
    int64_t n, changes, back; // number of steps; changes of the series; steps of 0 or back in time
    int64_t before;           // series of the row before; -1: none
};

static int compare_steps(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Returns the number of the category of a row, or -1 if it has none.
static int category_of_row(const struct column *c, const real *row)
{
    if (c->kind == COLUMN_BINARY)
        return row[c->first] > (real)0.5;
    for (int k = 0; k < c->n; k++)
        if (row[c->first + k] > (real)0.5)
            return k;
    return -1;
}

static void add_series_row(struct series_steps *s, int64_t series, int64_t time)
{
    s->changes += s->before >= 0 && s->before != series;
    s->before = series;
    if (s->rows[series]++ > 0) {
        s->back += time <= s->last[series];
        s->step[s->n++] = time - s->last[series];
    }
    s->last[series] = time;
}

static void collect_steps(const struct dataset *d, const struct column *c, struct series_steps *s)
{
    real *x = mem_new((size_t)PIECE_ROWS * (size_t)d->columns, sizeof *x);

    for (int64_t first = 0; first < d->rows; first += PIECE_ROWS) {
        int n = dataset_gather_piece(d, first, PIECE_ROWS, x);
        for (int i = 0; i < n; i++) {
            int series = category_of_row(c, x + (size_t)i * (size_t)d->columns);
            if (series >= 0)
                add_series_row(s, series, d->coordinates.time[first + i]);
        }
    }
    free(x);
}

// Returns true if nine of ten steps are about as long as the median. The clock of a sensor may be late by half a step.
static bool has_equal_steps(struct series_steps *s)
{
    int64_t usual = 0;

    qsort(s->step, (size_t)s->n, sizeof *s->step, compare_steps);
    double median = (double)s->step[s->n / 2];
    for (int64_t i = 0; i < s->n; i++)
        usual += (double)s->step[i] > median / 1.5 && (double)s->step[i] < median * 1.5;
    return median > 0 && 10 * usual >= 9 * s->n;
}

static struct series_steps steps_new(const struct dataset *d, int n_series)
{
    struct series_steps s = {.n_series = n_series, .before = -1};

    s.last = mem_new((size_t)n_series + 1, sizeof *s.last);
    s.rows = mem_new((size_t)n_series + 1, sizeof *s.rows);
    s.step = mem_new((size_t)d->rows + 1, sizeof *s.step);
    return s;
}

// Returns true if the rows are those of alternating series. Frees the steps.
static bool steps_alternate(struct series_steps *s, int64_t rows)
{
    int series = 0;
    bool are_long = true;

    for (int k = 0; k < s->n_series; k++) {
        series += s->rows[k] > 0;
        are_long = are_long && (s->rows[k] == 0 || s->rows[k] > LEAST_STEPS);
    }
    bool alternates = 2 * s->changes > rows && 100 * s->back <= s->n;
    bool are_series = series > 1 && are_long && alternates && has_equal_steps(s);

    free(s->last);
    free(s->rows);
    free(s->step);
    return are_series;
}

static bool is_series_column(const struct dataset *d, const struct column *c)
{
    struct series_steps s = steps_new(d, SERIES_MOST);

    collect_steps(d, c, &s);
    return steps_alternate(&s, d->rows);
}

bool interleaved_groups(const struct dataset *d)
{
    const struct coordinates *c = &d->coordinates;
    if (!c->time || !c->group)
        return false;

    struct series_steps s = steps_new(d, c->n_group_names);
    for (int64_t i = 0; i < d->rows; i++)
        if (c->group[i] >= 0)
            add_series_row(&s, c->group[i], c->time[i]);
    return steps_alternate(&s, d->rows);
}

const struct column *interleaved_by(const struct dataset *d, const struct columns *columns)
{
    if (!d->coordinates.time || d->coordinates.group || !columns || columns->n_features != d->columns)
        return NULL;
    for (int i = 0; i < columns->n; i++) {
        const struct column *c = &columns->v[i];
        ASSERT(c->first + c->n <= d->columns, "column %d of %d features", i, d->columns);
        bool is_text = c->kind == COLUMN_ONE_HOT || c->kind == COLUMN_BINARY;
        if (is_text && c->n_categories <= SERIES_MOST && is_series_column(d, c))
            return c;
    }
    return NULL;
}
