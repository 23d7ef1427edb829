// Prints a comparison as tables, one per metric, and as CSV and JSON with every digit.
#include "report/compare.h"

#include "report/json.h"
#include "report/table.h"
#include <math.h>
#include <stddef.h>

// Metrics of a cell and their names in CSV and JSON.
static const struct cell_metric {
    const char *name;
    size_t offset;
} cell_metrics[] = {
    {"loss", offsetof(struct compare_cell, loss)},
    {"roc_auc", offsetof(struct compare_cell, auc)},
    {"roc_auc_low", offsetof(struct compare_cell, low)},
    {"roc_auc_high", offsetof(struct compare_cell, high)},
    {"seconds_per_epoch", offsetof(struct compare_cell, epoch_seconds)},
    {"samples_per_second", offsetof(struct compare_cell, rate)},
    {"cores", offsetof(struct compare_cell, cores)},
    {"efficiency", offsetof(struct compare_cell, efficiency)},
    {"core_hours", offsetof(struct compare_cell, core_hours)},
};
enum { CELL_METRICS = sizeof cell_metrics / sizeof *cell_metrics };

// The printed tables, in order.
static const struct printed_metric {
    const char *title;
    size_t offset;
    const char *format; // NULL: ROC AUC with its interval and the mark of the front
} printed_metrics[] = {
    {"ROC AUC (of several seeds: mean, least, most; *: none is better for the same cost)",
        offsetof(struct compare_cell, auc), NULL},
    {"Loss", offsetof(struct compare_cell, loss), "%.5g"},
    {"Seconds per epoch", offsetof(struct compare_cell, epoch_seconds), "%.3g"},
    {"Samples/s", offsetof(struct compare_cell, rate), "%.0f"},
    {"Cores", offsetof(struct compare_cell, cores), "%.3g"},
    {"Scaling efficiency: samples/s per core, relative to the side with the fewest cores",
        offsetof(struct compare_cell, efficiency), "%.2f"},
    {"Core-hours per trial", offsetof(struct compare_cell, core_hours), "%.3g"},
};

static double cell_value(const struct compare_cell *cell, size_t offset)
{
    ASSERT(offset <= sizeof *cell - sizeof(double) && offset % sizeof(double) == 0, "offset %zu", offset);
    return *(const double *)(const void *)((const char *)cell + offset);
}

static bool cell_is_empty(const struct compare_cell *cell)
{
    return cell->n + cell->diverged == 0;
}

static const char *comparison_value(const struct comparison *c, int row, int key)
{
    ASSERT(row >= 0 && row < c->n_rows && key >= 0 && key < c->n_keys, "row %d, key %d", row, key);
    return c->value[row * c->n_keys + key];
}

// --- tables
static void add_compared_cell(struct table *t, const struct compare_cell *cell, const struct printed_metric *m)
{
    double value = cell_value(cell, m->offset);
    const char *mark = cell->is_front ? " *" : "  ";

    if (cell->n == 0 && cell->diverged)
        table_cell(t, "diverged");
    else if (isnan(value))
        table_null(t);
    else if (m->format)
        table_number(t, m->format, value);
    else if (isnan(cell->low))
        table_cell(t, "%.4f%s", value, mark);
    else
        table_cell(t, "%.4f [%.4f, %.4f]%s", value, cell->low, cell->high, mark);
}

static bool metric_has_values(const struct comparison *c, const struct printed_metric *m)
{
    for (int i = 0; i < c->n_rows * c->n_columns; i++)
        if (!isnan(cell_value(&c->cell[i], m->offset)))
            return true;
    return false;
}

static void print_metric(const struct comparison *c, const struct printed_metric *m, FILE *out)
{
    struct table *t = table_new();

    for (int k = 0; k < c->n_keys; k++)
        table_column(t, c->key[k], TABLE_LEFT);
    for (int i = 0; i < c->n_columns; i++)
        table_column(t, c->column[i], TABLE_RIGHT);

    for (int row = 0; row < c->n_rows; row++) {
        table_row(t);
        for (int k = 0; k < c->n_keys; k++)
            table_cell(t, "%.40s", comparison_value(c, row, k));
        for (int i = 0; i < c->n_columns; i++)
            add_compared_cell(t, &c->cell[row * c->n_columns + i], m);
    }

    fprintf(out, "\n%s\n", m->title);
    table_print(t, 2, out);
    table_free(&t);
}

static void add_drift_row(struct table *t, const struct comparison *c, const struct compare_drift *d)
{
    ASSERT(d->a < c->n_columns && d->b < c->n_columns, "columns %d and %d of %d", d->a, d->b, c->n_columns);
    table_row(t);
    table_cell(t, "%.8s", d->id);
    table_cell(t, "%s", c->column[d->a]);
    table_cell(t, "%s", c->column[d->b]);
    table_number(t, "%.3g", d->error);
    table_number(t, "%.6f", d->correlation);
    table_number(t, "%+.2g", d->auc);
}

static void print_drift(const struct comparison *c, FILE *out)
{
    enum { SHOWN = 20 };
    static const char *const columns[] = {"trial", "on", "and", "largest difference", "rank correlation", "ROC AUC"};
    struct table *t = table_new();
    int same = 0, different = 0;

    for (int i = 0; i < 6; i++)
        table_column(t, columns[i], i < 3 ? TABLE_LEFT : TABLE_RIGHT);
    for (int i = 0; i < c->n_drift; i++) {
        if (c->drift[i].is_same)
            same++;
        else if (different++ < SHOWN)
            add_drift_row(t, c, &c->drift[i]);
    }

    if (c->n_drift)
        fprintf(out, "\nTrials of one spec on two sides: %d; with the same bits: %d\n", c->n_drift, same);
    if (different)
        table_print(t, 2, out);
    if (different > SHOWN)
        fprintf(out, "%d more are listed with --csv --drift\n", different - SHOWN);
    table_free(&t);
}

void compare_print(const struct comparison *c, FILE *out)
{
    for (size_t i = 0; i < sizeof printed_metrics / sizeof *printed_metrics; i++)
        if (metric_has_values(c, &printed_metrics[i]))
            print_metric(c, &printed_metrics[i], out);
    print_drift(c, out);
}

// --- CSV
static void add_exact_row(struct table *t, const struct comparison *c, int i)
{
    const struct compare_cell *cell = &c->cell[i];

    table_row(t);
    for (int k = 0; k < c->n_keys; k++)
        table_cell(t, "%s", comparison_value(c, i / c->n_columns, k));
    table_cell(t, "%s", c->column[i % c->n_columns]);
    table_cell(t, "%d", cell->n);
    table_cell(t, "%d", cell->diverged);
    table_cell(t, "%d", cell->is_front);
    for (int k = 0; k < CELL_METRICS; k++)
        table_exact_number(t, cell_value(cell, cell_metrics[k].offset));
}

void compare_print_csv(const struct comparison *c, FILE *out)
{
    static const char *const counts[] = {"on", "trials", "diverged", "front"};
    struct table *t = table_new();

    for (int k = 0; k < c->n_keys; k++)
        table_column(t, c->key[k], TABLE_LEFT);
    for (int k = 0; k < 4; k++)
        table_column(t, counts[k], TABLE_LEFT);
    for (int k = 0; k < CELL_METRICS; k++)
        table_column(t, cell_metrics[k].name, TABLE_LEFT);

    for (int i = 0; i < c->n_rows * c->n_columns; i++)
        if (!cell_is_empty(&c->cell[i]))
            add_exact_row(t, c, i);
    table_print_csv(t, out);
    table_free(&t);
}

void compare_drift_csv(const struct comparison *c, FILE *out)
{
    static const char *const columns[] = {
        "trial", "on", "and", "same_bits", "largest_difference", "rank_correlation", "roc_auc_change"};
    struct table *t = table_new();

    for (int i = 0; i < 7; i++)
        table_column(t, columns[i], TABLE_LEFT);
    for (int i = 0; i < c->n_drift; i++) {
        const struct compare_drift *d = &c->drift[i];
        table_row(t);
        table_cell(t, "%s", d->id);
        table_cell(t, "%s", c->column[d->a]);
        table_cell(t, "%s", c->column[d->b]);
        table_cell(t, "%d", d->is_same);
        table_exact_number(t, d->error);
        table_exact_number(t, d->correlation);
        table_exact_number(t, d->auc);
    }

    table_print_csv(t, out);
    table_free(&t);
}

// --- JSON
static void json_cell(struct json *j, const struct comparison *c, int i)
{
    const struct compare_cell *cell = &c->cell[i];

    json_open(j, NULL, '{');
    json_open(j, "varied", '{');
    for (int k = 0; k < c->n_keys; k++)
        json_text(j, c->key[k], comparison_value(c, i / c->n_columns, k));
    json_close(j, '}');

    json_text(j, "on", c->column[i % c->n_columns]);
    json_number(j, "trials", cell->n);
    json_number(j, "diverged", cell->diverged);
    json_bool(j, "front", cell->is_front);
    for (int k = 0; k < CELL_METRICS; k++)
        json_number(j, cell_metrics[k].name, cell_value(cell, cell_metrics[k].offset));
    json_close(j, '}');
}

static void json_drift(struct json *j, const struct comparison *c, const struct compare_drift *d)
{
    json_open(j, NULL, '{');
    json_text(j, "trial", d->id);
    json_text(j, "on", c->column[d->a]);
    json_text(j, "and", c->column[d->b]);
    json_bool(j, "same_bits", d->is_same);
    json_number(j, "largest_difference", d->error);
    json_number(j, "rank_correlation", d->correlation);
    json_number(j, "roc_auc_change", d->auc);
    json_close(j, '}');
}

void compare_print_json(const struct comparison *c, FILE *out)
{
    struct json j = {.out = out};

    json_open(&j, NULL, '{');
    json_open(&j, "cells", '[');
    for (int i = 0; i < c->n_rows * c->n_columns; i++)
        if (!cell_is_empty(&c->cell[i]))
            json_cell(&j, c, i);
    json_close(&j, ']');

    json_open(&j, "drift", '[');
    for (int i = 0; i < c->n_drift; i++)
        json_drift(&j, c, &c->drift[i]);
    json_close(&j, ']');
    json_close(&j, '}');
}
