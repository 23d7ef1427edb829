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
#include "trial/ensemble_model.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Returns the group of a row in the scaling of the model; -1: none. The group can be that of another member of an
// ensemble, which scales by group while this one does not.
static int group_of_row(const struct trained_model *t, const struct explained_row *row)
{
    return t->scaling.n_groups ? row->group : -1;
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

// Returns the row as a member of an ensemble sees it. Its arrays are borrowed.
static struct explained_row view_of_member(
    const struct explained_rows *rows, const struct explained_row *row, int member)
{
    const size_t at = (size_t)member * (size_t)rows->blame.values;
    struct explained_row view = *row;

    ASSERT(row->member_x && member < rows->n_members, "member %d of %d", member, rows->n_members);
    view.x = row->member_x + at;
    view.y = row->member_y + at;
    return view;
}

// Returns the percentile of a line or, for an ensemble, the weighted mean of those of its members.
static double mean_percentile(const struct trained_model *t, const struct explained_rows *rows,
    const struct explained_row *row, const struct explain_line *l)
{
    double sum = 0, total = 0;

    if (!rows->n_members)
        return percentile_of(t, &rows->blame, row, l);
    for (int k = 0; k < rows->n_members; k++) {
        const struct explained_row view = view_of_member(rows, row, k);
        const double percentile = percentile_of(&t->members[k], &rows->member_blame[k], &view, l);
        if (isnan(percentile))
            continue;
        sum += model_member_weight(t, k) * percentile;
        total += model_member_weight(t, k);
    }
    return total > 0 ? sum / total : NAN;
}

// Fills in the values, categories and the percentile of a line, for the value with the line's largest error.
static void complete_line(const struct trained_model *t, const struct explained_rows *rows,
    const struct explained_row *row, struct explain_line *l)
{
    int feature = l->value % t->scaling.columns;
    int number = columns_of_feature(&t->columns, feature);
    const struct column *c = number >= 0 ? &t->columns.v[number] : NULL;

    l->step = l->value / t->scaling.columns;
    // Adding 0 turns -0 into 0.
    const int group = group_of_row(t, row);
    l->seen = scaling_round(&t->scaling, group, feature, (double)row->value[l->value]) + 0.0;
    l->expected = scaling_round(&t->scaling, group, feature, (double)row->expected[l->value]) + 0.0;
    l->percentile = mean_percentile(t, rows, row, l);
    if (c && c->n_categories) {
        int first = l->value - feature + c->first;
        l->seen_category = category_of(c, row->value + first, 0.5F); // a row has 1 at the feature of its category
        l->seen_category = l->seen_category ? l->seen_category : "(unknown)";
        l->expected_category = category_of(c, row->expected + first, -INFINITY);
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

// Adds the weighted squared errors of a row to error (values), times `factor`.
static void add_value_errors(const struct blame *b, const struct explained_row *row, double factor, double *error)
{
    for (int i = 0; i < b->values; i++)
        error[i] += factor * weighted_error(b, row, i);
}

static double sum_value_errors(const double *error, int values)
{
    double sum = 0;

    for (int i = 0; i < values; i++)
        sum += error[i];
    return sum;
}

// Returns the weighted squared errors of a row, (values), in new memory. For an ensemble, these are the shares of the
// values in the errors of its members, in a mean that is weighted like the score.
static double *value_errors(
    const struct trained_model *t, const struct explained_rows *rows, const struct explained_row *row)
{
    const int values = rows->blame.values;
    double *error = mem_new((size_t)values, sizeof *error), *of_member = mem_new((size_t)values, sizeof *of_member);

    if (!rows->n_members)
        add_value_errors(&rows->blame, row, 1, error);
    for (int k = 0; k < rows->n_members; k++) {
        const struct explained_row view = view_of_member(rows, row, k);
        memset(of_member, 0, (size_t)values * sizeof *of_member);
        add_value_errors(&rows->member_blame[k], &view, 1, of_member);
        const double sum = sum_value_errors(of_member, values);
        if (sum > 0 && isfinite(sum))
            add_value_errors(&rows->member_blame[k], &view, model_member_weight(t, k) / sum, error);
    }
    free(of_member);
    return error;
}

struct explain_line *explain_lines_of(
    const struct trained_model *t, const struct explained_rows *rows, const struct explained_row *row, int *n)
{
    const struct blame *b = &rows->blame;
    struct explain_line *lines = mem_new((size_t)b->n, sizeof *lines);
    double *error = value_errors(t, rows, row), sum = sum_value_errors(error, b->values);

    for (int k = 0; k < b->n; k++)
        lines[k] = (struct explain_line){.name = b->names[k], .value = -1};
    for (int i = 0; i < b->values; i++) {
        struct explain_line *l = &lines[thing_of(b, i)];
        l->share += error[i];
        if (l->value < 0 || error[i] > error[l->value])
            l->value = i;
    }

    for (int k = 0; k < b->n; k++) {
        lines[k].share = sum > 0 && isfinite(sum) ? lines[k].share / sum : NAN;
        complete_line(t, rows, row, &lines[k]);
    }
    if (sum > 0 && isfinite(sum))
        qsort(lines, (size_t)b->n, sizeof *lines, compare_lines);
    free(error);
    *n = b->n;
    return lines;
}

double *explain_step_shares(
    const struct trained_model *t, const struct explained_rows *rows, const struct explained_row *row, int *n)
{
    const int values = rows->blame.values;

    *n = t->trial.data.window.length > 0 ? values / t->scaling.columns : 0;
    if (*n == 0)
        return NULL;
    double *error = value_errors(t, rows, row), sum = sum_value_errors(error, values);
    double *share = mem_new((size_t)*n, sizeof *share);
    for (int i = 0; i < values; i++)
        share[i / t->scaling.columns] += error[i];
    for (int k = 0; k < *n; k++)
        share[k] /= sum;
    free(error);
    return share;
}
