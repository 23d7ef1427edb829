// Makes the lines that explain one row. Errors are weighted as in apply/blame.c, so that the first lines are the
// features that `score` names.
#include "report/explain_lines.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/columns.h"
#include "data/data_scaling.h"
#include "metrics/quantiles.h"
#include "nn/nn.h"
#include "score/reference.h"
#include <math.h>
#include <stdlib.h>

// A row in original units.
struct original_row {
    float *seen, *expected; // (values), owned
};

static struct original_row invert_row(const struct trained_model *t, const struct explained_row *row, int values)
{
    struct original_row o = {mem_new((size_t)values, sizeof *o.seen), mem_new((size_t)values, sizeof *o.expected)};
    int columns = t->scaling.columns;

    ASSERT(columns > 0 && values % columns == 0, "%d values, %d columns", values, columns);
    for (int i = 0; i < values; i += columns) {
        scaling_invert(&t->scaling, row->group, row->x + i, o.seen + i);
        scaling_invert(&t->scaling, row->group, row->y + i, o.expected + i);
    }
    return o;
}

static void free_original_row(struct original_row *o)
{
    free(o->seen);
    free(o->expected);
}

// Returns the category that the features of a column stand for: the one with the largest value or, for a column of one
// feature, the one with the nearest number. Returns NULL if the largest value is below `least`, or if the value is NaN.
static const char *category_of(const struct column *c, const float *value, float least)
{
    int best = 0;

    if (c->kind == COLUMN_ONE_HOT) {
        for (int k = 1; k < c->n; k++)
            if (value[k] > value[best])
                best = k;
        return value[best] >= least ? c->categories[best] : NULL;
    }
    if (isnan(value[0]))
        return NULL;
    double nearest = round((double)value[0]);
    if (nearest < 0)
        nearest = 0;
    best = nearest < c->n_categories ? (int)nearest : c->n_categories - 1;
    return c->categories[best];
}

static int thing_of(const struct blame *b, int value)
{
    return b->thing ? b->thing[value] : value;
}

static double squared_error(const struct explained_row *row, int value)
{
    double d = (double)row->y[value] - (double)row->x[value];
    return isnan(d) ? 0 : d * d;
}

// Returns how many percent of the training rows have a smaller error of the line's column, or of its feature if the
// model has no errors of columns. In a window, only the time step of the line counts. Returns NaN if this is unknown.
static double percentile_of(
    const struct trained_model *t, const struct blame *b, const struct explained_row *row, const struct explain_line *l)
{
    int feature = l->value % t->scaling.columns;
    struct quantiles q = reference_feature_errors(&t->reference, feature);
    double error = squared_error(row, l->value);

    if (b->has_column_errors) {
        int number = thing_of(b, l->value);
        const struct column *c = &t->columns.v[number];
        q = reference_column_errors(&t->reference, number);
        error = 0;
        for (int k = 0; k < c->n; k++)
            error += squared_error(row, l->value - feature + c->first + k);
    }
    bool is_missing = isnan((double)row->y[l->value] - (double)row->x[l->value]);
    return q.n && !is_missing ? 100 * quantiles_share(&q, error, NULL) : NAN;
}

// Fills in the values, categories and the percentile of a line, for the value with the line's largest error.
static void complete_line(const struct trained_model *t, const struct blame *b, const struct explained_row *row,
    const struct original_row *o, struct explain_line *l)
{
    int feature = l->value % t->scaling.columns;
    int number = columns_of_feature(&t->columns, feature);
    const struct column *c = number >= 0 ? &t->columns.v[number] : NULL;

    l->step = l->value / t->scaling.columns;
    l->seen = scaling_round(&t->scaling, row->group, feature, (double)o->seen[l->value]) + 0.0; // turns -0 into 0
    l->expected = scaling_round(&t->scaling, row->group, feature, (double)o->expected[l->value]) + 0.0;
    l->percentile = percentile_of(t, b, row, l);
    if (c && c->n_categories) {
        int first = l->value - feature + c->first;
        l->seen_category = category_of(c, o->seen + first, 0.5F); // a row has 1 at the feature of its category
        l->seen_category = l->seen_category ? l->seen_category : "(unknown)";
        l->expected_category = category_of(c, o->expected + first, -INFINITY);
    }
}

static int compare_lines(const void *a, const void *b)
{
    const struct explain_line *x = a, *y = b;
    if (x->share != y->share)
        return x->share < y->share ? 1 : -1;
    return (x->value > y->value) - (x->value < y->value);
}

static double weighted_error(const struct blame *b, const struct explained_row *row, int value)
{
    double weight = b->weight ? (double)b->weight[thing_of(b, value)] : 1;
    return weight * squared_error(row, value);
}

struct explain_line *explain_lines_of(
    const struct trained_model *t, const struct blame *b, const struct explained_row *row, int *n)
{
    struct explain_line *lines = mem_new((size_t)b->n, sizeof *lines);
    struct original_row o = invert_row(t, row, b->values);
    double sum = 0;

    for (int k = 0; k < b->n; k++)
        lines[k] = (struct explain_line){.name = b->names[k], .value = -1};
    for (int i = 0; i < b->values; i++) {
        struct explain_line *l = &lines[thing_of(b, i)];
        double error = weighted_error(b, row, i);
        l->share += error;
        sum += error;
        if (l->value < 0 || squared_error(row, i) > squared_error(row, l->value))
            l->value = i;
    }

    for (int k = 0; k < b->n; k++) {
        lines[k].share = sum > 0 && isfinite(sum) ? lines[k].share / sum : NAN;
        complete_line(t, b, row, &o, &lines[k]);
    }
    if (sum > 0 && isfinite(sum))
        qsort(lines, (size_t)b->n, sizeof *lines, compare_lines);
    free_original_row(&o);
    *n = b->n;
    return lines;
}

double *explain_step_shares(
    const struct trained_model *t, const struct blame *b, const struct explained_row *row, int *n)
{
    double sum = 0;

    *n = t->trial.data.window.length > 0 ? b->values / t->scaling.columns : 0;
    if (*n == 0)
        return NULL;
    double *share = mem_new((size_t)*n, sizeof *share);
    for (int i = 0; i < b->values; i++) {
        double error = weighted_error(b, row, i);
        share[i / t->scaling.columns] += error;
        sum += error;
    }
    for (int k = 0; k < *n; k++)
        share[k] /= sum;
    return share;
}
