// A comparison as tables, one per metric, and as CSV and JSON with every digit.
#include "report/compare.h"

#include "base/text.h"
#include "report/json.h"
#include "report/table.h"
#include <math.h>

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

static double cell_metric_value(const struct cell_metric *f, const struct compare_cell *cell)
{
    return *(const double *)(const void *)((const char *)cell + f->offset);
}

// --- text
static void print_cell(struct table *t, const struct compare_cell *cell, const char *format, double value)
{
    bool is_auc = !format;
    if (cell->n == 0 && cell->diverged)
        table_cell(t, "diverged");
    else if (isnan(value))
        table_null(t);
    else if (is_auc && isnan(cell->low))
        table_cell(t, "%.4f%s", value, cell->is_front ? " *" : "  ");
    else if (is_auc)
        table_cell(t, "%.4f [%.4f, %.4f]%s", value, cell->low, cell->high, cell->is_front ? " *" : "  ");
    else
        table_number(t, format, value);
}

// `format` NULL: with its interval.
static void print_block(const struct comparison *c, const char *title, const char *format, size_t offset, FILE *out)
{
    struct cell_metric f = {title, offset};
    bool has_any = false;
    for (int i = 0; i < c->n_rows * c->n_columns; i++)
        has_any = has_any || !isnan(cell_metric_value(&f, &c->cell[i]));
    if (!has_any)
        return;
    struct table *t = table_new();
    for (int k = 0; k < c->n_keys; k++)
        table_column(t, c->key[k], TABLE_LEFT);
    for (int i = 0; i < c->n_columns; i++)
        table_column(t, c->column[i], TABLE_RIGHT);
    for (int row = 0; row < c->n_rows; row++) {
        table_row(t);
        for (int k = 0; k < c->n_keys; k++)
            table_cell(t, "%.40s", c->value[row * c->n_keys + k]);
        for (int i = 0; i < c->n_columns; i++) {
            const struct compare_cell *cell = &c->cell[row * c->n_columns + i];
            print_cell(t, cell, format, cell_metric_value(&f, cell));
        }
    }
    fprintf(out, "\n%s\n", title);
    table_print(t, 2, out);
    table_free(&t);
}

static void print_drift(const struct comparison *c, FILE *out)
{
    enum { SHOWN = 20 };
    int same = 0, shown = 0;
    struct table *t = table_new();
    static const char *const columns[] = {"trial", "on", "and", "largest difference", "rank correlation", "ROC AUC"};
    for (int i = 0; i < 6; i++)
        table_column(t, columns[i], i < 3 ? TABLE_LEFT : TABLE_RIGHT);
    for (int i = 0; i < c->n_drift; i++) {
        const struct compare_drift *d = &c->drift[i];
        same += d->is_same;
        if (d->is_same || shown++ >= SHOWN)
            continue;
        table_row(t);
        table_cell(t, "%.8s", d->id);
        table_cell(t, "%s", c->column[d->a]);
        table_cell(t, "%s", c->column[d->b]);
        table_number(t, "%.3g", d->error);
        table_number(t, "%.6f", d->correlation);
        table_number(t, "%+.2g", d->auc);
    }
    if (c->n_drift)
        fprintf(out, "\nTrials of one spec on two sides: %d; with the same bits: %d\n", c->n_drift, same);
    if (shown)
        table_print(t, 2, out);
    if (shown > SHOWN)
        fprintf(out, "and %d more: --csv --drift\n", shown - SHOWN);
    table_free(&t);
}

void compare_print(const struct comparison *c, FILE *out)
{
    print_block(c, "ROC AUC (of several seeds: mean, least, most; *: none is better for the same cost)", NULL,
        offsetof(struct compare_cell, auc), out);
    print_block(c, "Loss", "%.5g", offsetof(struct compare_cell, loss), out);
    print_block(c, "Seconds an epoch", "%.3g", offsetof(struct compare_cell, epoch_seconds), out);
    print_block(c, "Samples/s", "%.0f", offsetof(struct compare_cell, rate), out);
    print_block(c, "Cores", "%.3g", offsetof(struct compare_cell, cores), out);
    print_block(c, "Scaling efficiency: samples/s a core, by that with fewest cores", "%.2f",
        offsetof(struct compare_cell, efficiency), out);
    print_block(c, "Core-hours a trial", "%.3g", offsetof(struct compare_cell, core_hours), out);
    print_drift(c, out);
}

// --- every digit
static void csv_number(struct table *t, double value)
{
    char number[32];
    if (isnan(value))
        table_null(t);
    else
        table_cell(t, "%s", text_number(number, value));
}

void compare_print_csv(const struct comparison *c, FILE *out)
{
    struct table *t = table_new();
    for (int k = 0; k < c->n_keys; k++)
        table_column(t, c->key[k], TABLE_LEFT);
    static const char *const counts[] = {"on", "trials", "diverged", "front"};
    for (int k = 0; k < 4; k++)
        table_column(t, counts[k], TABLE_LEFT);
    for (int k = 0; k < CELL_METRICS; k++)
        table_column(t, cell_metrics[k].name, TABLE_LEFT);
    for (int i = 0; i < c->n_rows * c->n_columns; i++) {
        const struct compare_cell *cell = &c->cell[i];
        if (cell->n + cell->diverged == 0)
            continue;
        table_row(t);
        for (int k = 0; k < c->n_keys; k++)
            table_cell(t, "%s", c->value[i / c->n_columns * c->n_keys + k]);
        table_cell(t, "%s", c->column[i % c->n_columns]);
        table_cell(t, "%d", cell->n);
        table_cell(t, "%d", cell->diverged);
        table_cell(t, "%d", cell->is_front);
        for (int k = 0; k < CELL_METRICS; k++)
            csv_number(t, cell_metric_value(&cell_metrics[k], cell));
    }
    table_print_csv(t, out);
    table_free(&t);
}

void compare_drift_csv(const struct comparison *c, FILE *out)
{
    struct table *t = table_new();
    static const char *const columns[] = {
        "trial", "on", "and", "same_bits", "largest_difference", "rank_correlation", "roc_auc_change"};
    for (int i = 0; i < 7; i++)
        table_column(t, columns[i], TABLE_LEFT);
    for (int i = 0; i < c->n_drift; i++) {
        const struct compare_drift *d = &c->drift[i];
        table_row(t);
        table_cell(t, "%s", d->id);
        table_cell(t, "%s", c->column[d->a]);
        table_cell(t, "%s", c->column[d->b]);
        table_cell(t, "%d", d->is_same);
        csv_number(t, d->error);
        csv_number(t, d->correlation);
        csv_number(t, d->auc);
    }
    table_print_csv(t, out);
    table_free(&t);
}

static void json_cell(struct json *j, const struct comparison *c, int i)
{
    const struct compare_cell *cell = &c->cell[i];
    json_open(j, NULL, '{');
    json_open(j, "varied", '{');
    for (int k = 0; k < c->n_keys; k++)
        json_text(j, c->key[k], c->value[i / c->n_columns * c->n_keys + k]);
    json_close(j, '}');
    json_text(j, "on", c->column[i % c->n_columns]);
    json_number(j, "trials", cell->n);
    json_number(j, "diverged", cell->diverged);
    json_bool(j, "front", cell->is_front);
    for (int k = 0; k < CELL_METRICS; k++)
        json_number(j, cell_metrics[k].name, cell_metric_value(&cell_metrics[k], cell));
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
        if (c->cell[i].n + c->cell[i].diverged > 0)
            json_cell(&j, c, i);
    json_close(&j, ']');
    json_open(&j, "drift", '[');
    for (int i = 0; i < c->n_drift; i++)
        json_drift(&j, c, &c->drift[i]);
    json_close(&j, ']');
    json_close(&j, '}');
}
