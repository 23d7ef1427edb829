// Finds values that are constant, missing, infinite or of the wrong type.
#include "data/data_check.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "data/data_table.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>

// Returns true as soon as a column with two different values is found. Missing values do not count as values, but set
// *has_missing.
static bool any_column_varies(const struct data_selection *s, bool *has_missing)
{
    int columns = s->tables[0]->columns;
    double *first = mem_new((size_t)columns, sizeof *first), *row = mem_new((size_t)columns, sizeof *row);
    bool found = false;

    ASSERT(s->part->n > 0 && columns > 0, "%d sources, %d columns", s->part->n, columns);

    for (int c = 0; c < columns; c++)
        first[c] = NAN;
    for (int64_t i = 0; i < s->rows && !found; i++) {
        data_table_row(s->tables[s->source[i]], s->index[i], row);
        for (int c = 0; c < columns; c++) {
            *has_missing = *has_missing || isnan(row[c]);
            found = found || (row[c] != first[c] && !isnan(row[c]) && !isnan(first[c]));
            first[c] = isnan(first[c]) ? row[c] : first[c];
        }
    }

    free(first);
    free(row);
    return found;
}

int data_check_varies(const struct data_selection *s, struct err *e)
{
    bool has_missing = false;

    if (any_column_varies(s, &has_missing))
        return 0;
    return data_error(s->part->source[0].at, e,
        has_missing ? "no column of the %lld rows of %s varies, missing values aside: there is nothing to learn"
                    : "all %lld rows of %s are equal: there is nothing to learn",
        (long long)s->rows, s->part->name);
}

struct bad_values {
    int64_t missing, infinite;             // number of such values
    int64_t missing_index, infinite_index; // row of the first missing value, and of the first infinite one
    int missing_column, infinite_column;
};

static void count_bad(const struct data_table *t, int64_t index, double *row, struct bad_values *bad)
{
    data_table_row(t, index, row);

    for (int c = 0; c < t->columns; c++) {
        if (isnan(row[c]) && bad->missing++ == 0) {
            bad->missing_index = index;
            bad->missing_column = c;
        } else if (isinf(row[c]) && bad->infinite++ == 0) {
            bad->infinite_index = index;
            bad->infinite_column = c;
        }
    }
}

static void report_bad(const struct data_source *source, const struct data_table *t, const struct bad_values *bad,
    bool can_fill, struct err *e)
{
    char column[96];

    if (bad->infinite)
        data_error(source->at, e,
            "%s: found %lld infinite value%s, the first in row %lld, %s, allowed: finite numbers; hint: "
            "where, or import without them",
            t->name, (long long)bad->infinite, text_plural(bad->infinite), (long long)bad->infinite_index,
            data_column_name(column, t, bad->infinite_column));
    if (bad->missing && !can_fill)
        data_error(source->at, e,
            "%s: found %lld missing value%s (NaN), the first in row %lld, %s; hint: data.fill: mean, "
            "median or mode; or data.missing: ignore",
            t->name, (long long)bad->missing, text_plural(bad->missing), (long long)bad->missing_index,
            data_column_name(column, t, bad->missing_column));
}

static bool is_bad_row(const double *row, int columns, bool can_fill)
{
    for (int c = 0; c < columns; c++)
        if (isinf(row[c]) || (isnan(row[c]) && !can_fill))
            return true;
    return false;
}

int data_check_values(const struct data_selection *s, bool can_fill, int8_t **marks, bool *has_missing, struct err *e)
{
    int before = e->count, n = s->part->n, columns = s->tables[0]->columns;
    struct bad_values *bad = mem_new((size_t)n, sizeof *bad);
    double *row = mem_new((size_t)columns, sizeof *row);

    for (int64_t i = 0; i < s->rows; i++) {
        int k = s->source[i];
        ASSERT(k >= 0 && k < n, "source %d of %d", k, n);
        if (data_table_row_is_finite(s->tables[k], s->index[i]))
            continue;
        count_bad(s->tables[k], s->index[i], row, &bad[k]);
        if (marks && is_bad_row(row, columns, can_fill)) {
            *marks = *marks ? *marks : mem_new((size_t)s->rows, sizeof **marks);
            (*marks)[i] = 1;
        }
    }

    *has_missing = false;
    for (int k = 0; k < n; k++) {
        if (!marks)
            report_bad(&s->part->source[k], s->tables[k], &bad[k], can_fill, e);
        *has_missing = *has_missing || bad[k].missing;
    }

    free(row);
    free(bad);
    return e->count == before ? 0 : -1;
}

int data_check_bytes(const struct node *at, const struct data_selection *s, struct err *e)
{
    int result = 0;
    for (int k = 0; k < s->part->n; k++)
        if (s->tables[k]->type != STORE_U8)
            result = data_error(at ? at : s->part->source[k].at, e,
                "found values of type %s in %s, allowed with scale: unit are bytes (u1); hint: scale: min_max",
                data_type_name(s->tables[k]->type), s->tables[k]->name);
    return result;
}
