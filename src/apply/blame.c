// Finds the features that explain an error: adds up the squared errors of each column and compares the sums.
#include "apply/blame.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "data/columns.h"
#include "metrics/quantiles.h"
#include "nn/nn.h"
#include "score/reference.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Returns the name of a value: its position in a picture or a sequence, such as "12:7", counted from 0. A value of a
// plain row has a number from 1 instead, "feature_3".
static char *place_name(const struct shape *input, int value)
{
    if (input->rank == 1)
        return mem_format("feature_%d", value + 1);
    int inner = input->rank == 3 ? input->dims[2] : 1;
    int row = value / (input->dims[1] * inner), column = value / inner % input->dims[1];
    return inner > 1 ? mem_format("%d:%d:%d", row, column, value % inner) : mem_format("%d:%d", row, column);
}

char *blame_feature_name(const struct trained_model *t, int feature)
{
    bool is_step = t->scaling.columns < shape_size(&t->model->input); // a window holds each feature once per time step

    ASSERT(feature >= 0 && feature < t->scaling.columns, "%d of %d", feature, t->scaling.columns);
    if (t->features)
        return mem_text(t->features[feature]);
    return is_step ? mem_format("feature_%d", feature + 1) : place_name(&t->model->input, feature);
}

// Takes the columns of a table as the things to blame.
static void blame_columns(struct blame *b, const struct columns *columns)
{
    b->n = columns->n;
    b->thing = mem_new((size_t)b->values, sizeof *b->thing);
    b->names = mem_new((size_t)b->n, sizeof *b->names);
    for (int i = 0; i < b->values; i++)
        b->thing[i] = columns_of_feature(columns, i % columns->n_features);
    for (int k = 0; k < b->n; k++)
        b->names[k] =
            columns->v[k].n_categories ? mem_text(columns->v[k].name) : column_feature_name(&columns->v[k], 0);
}

// Takes the features as the things to blame. A window holds each feature once per time step.
static void blame_features(struct blame *b, const struct trained_model *t)
{
    b->n = t->scaling.columns;
    b->thing = b->n < b->values ? mem_new((size_t)b->values, sizeof *b->thing) : NULL;
    for (int i = 0; b->thing && i < b->values; i++)
        b->thing[i] = i % b->n;

    b->names = mem_new((size_t)b->n, sizeof *b->names);
    for (int i = 0; i < b->n; i++)
        b->names[i] = blame_feature_name(t, i);
}

// Sets usual (n) to a high quantile of the training errors of each thing, and returns the sum of all these. For a
// column of several features, this is the quantile of its summed error. Files of earlier versions have quantiles only
// for single features. Then the quantiles of a column's features are added up. This sum is too large, because features
// are rarely wrong in the same row.
static double find_usual_errors(const struct blame *b, const struct reference *r, double *usual)
{
    const double level = 0.99;
    const int n = b->has_column_errors ? r->table_columns : r->columns;
    double sum = 0;

    for (int i = 0; i < n; i++) {
        struct quantiles q = b->has_column_errors ? reference_column_errors(r, i) : reference_feature_errors(r, i);
        int thing = b->has_column_errors || !b->thing ? i : b->thing[i];
        double value = quantiles_value(&q, level);
        ASSERT(thing >= 0 && thing < b->n, "thing %d of %d", thing, b->n);
        if (!isfinite(value))
            continue;
        usual[thing] += value;
        sum += value;
    }
    return sum;
}

// Sets the weight of each thing to the reciprocal of its usual error, a high quantile of the training errors. A thing
// without error in training counts as if it had a thousandth of the mean usual error, so that it does not always
// explain most.
static void weigh_errors(struct blame *b, const struct reference *r)
{
    const double least = 1e-3;
    double *usual = mem_new((size_t)b->n, sizeof *usual);
    double floor = least * find_usual_errors(b, r, usual) / b->n;

    if (floor > 0) {
        b->weight = mem_new((size_t)b->n, sizeof *b->weight);
        for (int k = 0; k < b->n; k++)
            b->weight[k] = (float)(1 / (usual[k] > floor ? usual[k] : floor));
    }
    free(usual);
}

void blame_init(struct blame *b, const struct trained_model *t)
{
    *b = (struct blame){.values = shape_size(&t->model->input)};
    if (t->columns.n && columns_are_derived(&t->columns) && t->columns.n_features == t->scaling.columns) {
        blame_columns(b, &t->columns);
        b->has_column_errors = t->reference.table_columns == t->columns.n;
    } else
        blame_features(b, t);
    if (t->reference.columns == t->scaling.columns)
        weigh_errors(b, &t->reference);
}

void blame_free(struct blame *b)
{
    list_free(b->names, b->n);
    free(b->thing);
    free(b->weight);
    *b = (struct blame){0};
}

// Sets error (n) to the weighted sum of the squared errors of each thing. A missing value is NaN. It adds nothing to a
// thing of several values, but a thing that is only this value gets NaN. Neighbouring values often belong to the same
// thing, so the running sum stays in a register.
static void sum_squared_errors(const struct blame *b, const real *x, const real *y, float *error)
{
    for (int i = 0; i < b->values && !b->thing; i++) {
        float d = (float)(y[i] - x[i]);
        error[i] = d * d;
    }
    if (b->thing)
        memset(error, 0, (size_t)b->n * sizeof *error);

    for (int i = 0; i < b->values && b->thing;) {
        const int thing = b->thing[i];
        float sum = error[thing];
        for (; i < b->values && b->thing[i] == thing; i++) {
            float d = (float)(y[i] - x[i]);
            sum += isnan(d) ? 0 : d * d;
        }
        error[thing] = sum;
    }
    for (int k = 0; k < b->n && b->weight; k++)
        error[k] *= b->weight[k];
}

// Inserts a share into `top`, in order. The share must be larger than the smallest one in `top`, which drops out.
static void insert_share(struct blame_share *top, int thing, float value)
{
    int at = BLAME_TOP - 1;
    for (; at > 0 && value > top[at - 1].share; at--)
        top[at] = top[at - 1];
    top[at] = (struct blame_share){thing, value};
}

void blame_largest(const float *error, int n, struct blame_share *top)
{
    double sum = 0;

    for (int i = 0; i < BLAME_TOP; i++)
        top[i] = (struct blame_share){-1, 0};
    for (int k = 0; k < n; k++) {
        if (error[k] > top[BLAME_TOP - 1].share)
            insert_share(top, k, error[k]);
        if (!isnan(error[k]))
            sum += (double)error[k];
    }

    for (int i = 0; i < BLAME_TOP; i++)
        top[i].share = sum > 0 ? (float)((double)top[i].share / sum) : NAN;
}

void blame_row(const struct blame *b, const real *x, const real *y, struct blame_share *top, float *error)
{
    ASSERT(b->n > 0 && b->n <= b->values, "%d things, %d values", b->n, b->values);
    sum_squared_errors(b, x, y, error);
    blame_largest(error, b->n, top);
}

void blame_add_shares(const struct blame *b, const struct blamed_row *row, float *share, float *error)
{
    double sum = 0;

    ASSERT(row->weight >= 0, "weight %g", row->weight);
    sum_squared_errors(b, row->x, row->y, error);
    for (int k = 0; k < b->n; k++)
        sum += isnan(error[k]) ? 0 : (double)error[k];
    for (int k = 0; k < b->n && sum > 0 && isfinite(sum); k++)
        share[k] += isnan(error[k]) ? 0 : (float)(row->weight * (double)error[k] / sum);
}
