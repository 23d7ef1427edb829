// Compares the values of rows, while they pass through a model, with the quantiles of the training data. The quantiles
// are stored in original units and are scaled here like the rows.
#include "apply/score_drift.h"

#include "base/err.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "data/data_scaling.h"
#include "nn/nn.h"
#include "score/reference.h"
#include "train/train.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LATER_ROWS = 32, LAST_ROWS = 256, LAST_VALUES = 256, LAST_ERRORS = 32, ALL_ERRORS = 1 << 15 };

// Makes the table of one column. Factors of scaling are never negative, so the quantiles stay in order.
static void init_column(struct score_drift *d, const struct scaling *s, int column)
{
    struct quantiles q = reference_values(d->reference, column);
    double *scaled = mem_new((size_t)q.n, sizeof *scaled);

    bool takes_log = s->takes_log && s->takes_log[column];
    for (int i = 0; i < q.n; i++) {
        double v = takes_log ? scaling_log(q.value[i]) : q.value[i];
        scaled[i] = s->factor ? (v - s->shift[column]) * s->factor[column] : v;
    }
    q.value = scaled;
    drift_table_init(&d->column[column], &q);
    free(scaled);
}

void score_drift_init(struct score_drift *d, const struct trained_model *m, bool is_own_error)
{
    *d = (struct score_drift){0};
    if (!m->reference.levels)
        return;

    d->reference = &m->reference;
    if (is_own_error) {
        struct quantiles errors = reference_errors(d->reference);
        drift_table_init(&d->error, &errors);
    }
    d->columns = m->reference.columns;
    d->column = mem_new((size_t)d->columns + 1, sizeof *d->column);
    for (int c = 0; c < d->columns; c++)
        init_column(d, &m->scaling, c);
    d->width = shape_size(&m->model->input);
    d->all_rows = REFERENCE_VALUES / d->width < REFERENCE_ROWS ? REFERENCE_VALUES / d->width : REFERENCE_ROWS;
    ASSERT(!d->columns || d->width % d->columns == 0, "%d values of %d features", d->width, d->columns);
}

void score_drift_free(struct score_drift *d)
{
    drift_table_free(&d->error);
    for (int c = 0; c < d->columns; c++)
        drift_table_free(&d->column[c]);
    free(d->column);
    *d = (struct score_drift){0};
}

// Returns true if the values of a row are counted. All of the first rows are counted, and fewer of the later ones,
// because counting a value takes as long as passing it through a small model. The more values a row has, the fewer rows
// are counted.
static bool does_row_count(const struct score_drift *d, int64_t row)
{
    const int64_t last_rows = LAST_ROWS * (1 + d->width / LAST_VALUES);

    if (row < d->all_rows)
        return true;
    return row % (row < LATER_ROWS * d->all_rows ? LATER_ROWS : last_rows) == 0;
}

// Counts column by column, so that the table of a column stays in the cache.
void score_drift_count(struct score_drift *d, int64_t first, int rows, const real *x, const int8_t *is_unscored)
{
    const real *counted[PASS_ROWS];
    float value[PASS_ROWS];
    int n = 0;

    ASSERT(rows <= PASS_ROWS, "%d rows", rows);
    for (int i = 0; i < rows && d->columns; i++)
        if (!is_unscored[i] && does_row_count(d, first + i))
            counted[n++] = x + (size_t)i * (size_t)d->width;
    for (int k = 0, c = 0; n && k < d->width; k++, c = c + 1 < d->columns ? c + 1 : 0) {
        for (int i = 0; i < n; i++)
            value[i] = (float)counted[i][k];
        drift_table_count(&d->column[c], value, n);
    }
}

void score_drift_count_errors(struct score_drift *d, const float *error, int64_t rows)
{
    float value[PASS_ROWS];
    int n = 0;

    for (int64_t i = 0; i < rows; i++) {
        if (d->errors + i >= ALL_ERRORS && (d->errors + i) % LAST_ERRORS != 0)
            continue;
        value[n++] = error[i];
        if (n == PASS_ROWS) {
            drift_table_count(&d->error, value, n);
            n = 0;
        }
    }
    drift_table_count(&d->error, value, n);
    d->errors += rows;
}

// Copies the counts of all columns to `all`. With `add`, adds the counts in `all` to those of the columns instead.
static void move_counts(struct score_drift *d, int64_t *all, bool add)
{
    for (int c = 0; c < d->columns; c++) {
        struct drift_table *t = &d->column[c];
        for (int k = 0; t->n && k <= t->n; k++, all += 2) {
            t->below[k] = add ? t->below[k] + all[0] : t->below[k];
            t->moved[k] = add ? t->moved[k] + all[1] : t->moved[k];
            all[0] = add ? all[0] : t->below[k];
            all[1] = add ? all[1] : t->moved[k];
        }
    }
}

int score_drift_join(struct score_drift *d, const struct comm *comm, struct err *e)
{
    size_t n = 0;
    if (comm->size == 1)
        return 0;
    for (int c = 0; c < d->columns; c++)
        n += d->column[c].n ? 2 * ((size_t)d->column[c].n + 1) : 0;

    int64_t *all = mem_array(n * (size_t)comm->size, sizeof *all, "counts of values", e);
    if (comm_agree(comm, e) != 0) {
        free(all);
        return -1;
    }
    move_counts(d, all + n * (size_t)comm->rank, false);
    comm_join_to_root(comm, all, n * (size_t)comm->size * sizeof *all);
    for (int rank = 1; comm->rank == 0 && rank < comm->size; rank++)
        move_counts(d, all + n * (size_t)rank, true);
    free(all);

    return 0;
}

// Inserts a column into the list of the worst ones if it is one of them. Equal columns stay in order.
static void insert_worst(struct drift_report *out, int column, struct drift drift)
{
    int at = out->n_worst;
    while (at > 0 && out->worst[at - 1].psi < drift.psi)
        at--;
    if (at == DRIFT_WORST)
        return;

    out->n_worst += out->n_worst < DRIFT_WORST;
    for (int i = out->n_worst - 1; i > at; i--) {
        out->worst[i] = out->worst[i - 1];
        out->worst_column[i] = out->worst_column[i - 1];
    }
    out->worst[at] = drift;
    out->worst_column[at] = column;
}

void score_drift_report(const struct score_drift *d, struct drift_report *out)
{
    *out = (struct drift_report){.error = {NAN, NAN, 0}};
    if (!d->reference)
        return;

    out->error = drift_table_measure(&d->error, d->reference->level);
    for (int c = 0; c < d->columns; c++) {
        struct drift drift = drift_table_measure(&d->column[c], d->reference->level);
        if (!isnan(drift.psi))
            insert_worst(out, c, drift);
    }
}
