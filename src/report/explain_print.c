// Prints explained rows: as tables, one per row; as CSV, with one line per row and feature; or as JSON. CSV and JSON
// have every digit.
#include "report/explain_print.h"

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_scaling.h"
#include "nn/nn.h"
#include "report/explain_lines.h"
#include "report/gallery.h"
#include "report/json.h"
#include "report/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has_windows(const struct explain_report *r)
{
    return r->model->trial.data.window.length > 0;
}

static int count_listed(const struct explain_report *r, int n)
{
    return r->features && r->features < n ? r->features : n;
}

static void add_value_cell(struct table *t, const char *category, double value, const char *format)
{
    if (category)
        table_cell(t, "%s", category);
    else
        table_number(t, format, value);
}

// --- tables

// Prints "s170, 2020-03-09 10:14:33, row 169: error 2.4165, above the threshold 0.15932".
static void print_row_heading(const struct explain_report *r, const struct explained_row *row)
{
    struct text t = {0};

    if (row->file)
        text_add(&t, "%s, ", row->file);
    if (row->id)
        text_add(&t, "%s, ", row->id);
    if (row->time)
        text_add(&t, "%s, ", row->time);
    text_add(&t, "row %lld: ", (long long)row->row);
    if (isnan(row->error))
        text_add(&t, "no error, because a value is missing or infinite");
    else if (isnan(r->threshold))
        text_add(&t, "error %.5g; no threshold is known", row->error);
    else
        text_add(&t, "error %.5g, %s the threshold %.5g", row->error, row->error > r->threshold ? "above" : "not above",
            r->threshold);
    log_print("\n%s\n", t.data);
    text_free(&t);
}

static void add_share_cell(struct table *t, double share)
{
    char percent[24];

    if (isnan(share))
        table_null(t);
    else
        table_cell(t, "%s", text_percent(percent, share));
}

static void print_step_table(const struct explain_report *r, const struct explained_row *row, FILE *out)
{
    enum { SHOWN = 10 };
    int n;
    double *share = explain_step_shares(r->model, r->rows, row, &n);
    struct table *t = table_new();

    table_column(t, "time step", TABLE_RIGHT);
    table_column(t, "row", TABLE_RIGHT);
    table_column(t, "share", TABLE_RIGHT);
    for (int shown = 0; shown < SHOWN && shown < n; shown++) {
        int best = 0;
        for (int k = 1; k < n; k++)
            if (share[k] > share[best])
                best = k;
        table_row(t);
        table_cell(t, "%d", best);
        table_cell(t, "%lld", (long long)row->row + best);
        add_share_cell(t, share[best]);
        share[best] = -1;
    }
    fputc('\n', out);
    table_print(t, 0, out);
    table_free(&t);
    free(share);
}

static void print_row_table(const struct explain_report *r, const struct explained_row *row, FILE *out)
{
    int n;
    struct explain_line *lines = explain_lines_of(r->model, r->rows, row, &n);
    struct table *t = table_new();

    table_column(t, "feature", TABLE_LEFT);
    table_column(t, "share", TABLE_RIGHT);
    if (has_windows(r))
        table_column(t, "time step", TABLE_RIGHT);
    table_column(t, "value", TABLE_RIGHT);
    table_column(t, "expected", TABLE_RIGHT);
    table_column(t, "percentile", TABLE_RIGHT);
    for (int k = 0; k < count_listed(r, n); k++) {
        const struct explain_line *l = &lines[k];
        table_row(t);
        table_cell(t, "%s", l->name);
        add_share_cell(t, l->share);
        if (has_windows(r))
            table_cell(t, "%d", l->step);
        add_value_cell(t, l->seen_category, l->seen, "%.5g");
        add_value_cell(t, l->expected_category, l->expected, "%.5g");
        table_number(t, "%.4g", l->percentile);
    }
    table_print(t, 0, out);
    table_free(&t);
    free(lines);

    if (has_windows(r) && !isnan(row->error))
        print_step_table(r, row, out);
}

// --- CSV

static void add_optional_cell(struct table *t, bool is_shown, const char *text)
{
    if (is_shown && text)
        table_cell(t, "%s", text);
    else if (is_shown)
        table_null(t);
}

static void add_csv_row(struct table *t, const struct explain_report *r, const struct explained_row *row,
    const struct explain_line *l, const bool *shown)
{
    table_row(t);
    add_optional_cell(t, shown[0], row->file);
    add_optional_cell(t, shown[1], row->id);
    add_optional_cell(t, shown[2], row->time);
    table_cell(t, "%lld", (long long)row->row);
    table_number(t, "%.9g", row->error);
    table_number(t, "%.17g", r->threshold);

    table_cell(t, "%s", l->name);
    table_number(t, "%.9g", l->share);
    if (has_windows(r))
        table_cell(t, "%d", l->step);
    add_value_cell(t, l->seen_category, l->seen, "%.7g");
    add_value_cell(t, l->expected_category, l->expected, "%.7g");
    table_number(t, "%.9g", l->percentile);
}

// Finds out whether any row has a file, an id or a time, and sets shown[] accordingly.
static void find_names(const struct explained_rows *rows, bool *shown)
{
    for (int i = 0; i < rows->n; i++) {
        shown[0] |= rows->v[i].file != NULL;
        shown[1] |= rows->v[i].id != NULL;
        shown[2] |= rows->v[i].time != NULL;
    }
}

static void print_explain_csv(const struct explain_report *r, FILE *out)
{
    static const char *const names[] = {"file", "id", "time"};
    static const char *const columns[] = {
        "row", "error", "threshold", "feature", "share", "time_step", "value", "expected", "percentile"};
    bool shown[3] = {false};
    struct table *t = table_new();

    find_names(r->rows, shown);
    for (int k = 0; k < 3; k++)
        if (shown[k])
            table_column(t, names[k], TABLE_LEFT);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        if (has_windows(r) || strcmp(columns[k], "time_step") != 0)
            table_column(t, columns[k], TABLE_LEFT);

    for (int i = 0; i < r->rows->n; i++) {
        int n;
        struct explain_line *lines = explain_lines_of(r->model, r->rows, &r->rows->v[i], &n);
        for (int k = 0; k < count_listed(r, n); k++)
            add_csv_row(t, r, &r->rows->v[i], &lines[k], shown);
        free(lines);
    }
    table_print_csv(t, out);
    table_free(&t);
}

// --- JSON

static void print_json_value(struct json *j, const char *key, const char *category, double value)
{
    if (category)
        json_text(j, key, category);
    else
        json_number(j, key, value);
}

static void print_json_row(struct json *j, const struct explain_report *r, const struct explained_row *row)
{
    int n, steps;
    struct explain_line *lines = explain_lines_of(r->model, r->rows, row, &n);
    double *share = explain_step_shares(r->model, r->rows, row, &steps);

    json_open(j, NULL, '{');
    if (row->file)
        json_text(j, "file", row->file);
    if (row->id)
        json_text(j, "id", row->id);
    if (row->time)
        json_text(j, "time", row->time);
    json_number(j, "row", (double)row->row);
    json_number(j, "error", row->error);
    json_number(j, "threshold", r->threshold);
    json_open(j, "features", '[');
    for (int k = 0; k < count_listed(r, n); k++) {
        json_open(j, NULL, '{');
        json_text(j, "name", lines[k].name);
        json_number(j, "share", lines[k].share);
        if (has_windows(r))
            json_number(j, "time_step", lines[k].step);
        print_json_value(j, "value", lines[k].seen_category, lines[k].seen);
        print_json_value(j, "expected", lines[k].expected_category, lines[k].expected);
        json_number(j, "percentile", lines[k].percentile);
        json_close(j, '}');
    }
    json_close(j, ']');
    if (share) {
        json_open(j, "time_steps", '[');
        for (int k = 0; k < steps; k++)
            json_number(j, NULL, share[k]);
        json_close(j, ']');
    }
    json_close(j, '}');
    free(lines);
    free(share);
}

static void print_explain_json(const struct explain_report *r, FILE *out)
{
    struct json j = {.out = out};

    json_open(&j, NULL, '[');
    for (int i = 0; i < r->rows->n; i++)
        print_json_row(&j, r, &r->rows->v[i]);
    json_close(&j, ']');
}

void explain_print(const struct explain_report *r, enum explain_format format, FILE *out)
{
    if (format == EXPLAIN_CSV)
        print_explain_csv(r, out);
    else if (format == EXPLAIN_JSON)
        print_explain_json(r, out);
    for (int i = 0; i < r->rows->n && format == EXPLAIN_TABLE; i++) {
        print_row_heading(r, &r->rows->v[i]);
        print_row_table(r, &r->rows->v[i], out);
    }
}

// --- the picture

// Returns true if a scaling keeps the units of values. Then it has no factors, or they are all 1, because pictures are
// smoothed.
static bool keeps_units(const struct scaling *s)
{
    for (int c = 0; s->factor && c < s->columns; c++)
        if (s->factor[c] != 1 || s->shift[c] != 0)
            return false;
    return !s->takes_log && !s->normalizes;
}

// Returns true if the pictures hold bytes: they are in their own units, and a value is above 1.
static bool holds_bytes(const struct explain_report *r)
{
    const struct explained_rows *rows = r->rows;
    bool is_beyond = false;

    for (int i = 0; i < rows->n; i++)
        for (int k = 0; k < rows->blame.values; k++)
            is_beyond |= rows->v[i].x[k] > 1;
    return keeps_units(&r->model->scaling) && is_beyond;
}

int explain_draw(const struct explain_report *r, struct err *e)
{
    const struct shape *input = &r->model->model->input;
    struct gallery_format format = gallery_format_of(has_windows(r) ? 1 : input->rank, input->dims);
    char caption[160];
    int rc = 0;

    if (has_windows(r))
        format.width = r->rows->blame.values;
    if (format.height && holds_bytes(r))
        format.high = 255;
    struct gallery *g = gallery_new(&format, "input, reconstruction, difference");

    for (int i = 0; i < r->rows->n && i < GALLERY_SAMPLES_MAX && rc == 0; i++) {
        const struct explained_row *row = &r->rows->v[i];
        snprintf(caption, sizeof caption, "%.4g row %lld", row->error, (long long)row->row);
        if (row->id)
            snprintf(caption, sizeof caption, "%.4g %.100s", row->error, row->id);
        rc = gallery_add(g, row->x, row->y, caption, e);
    }
    if (rc == 0)
        rc = gallery_write(g, r->picture, e);
    gallery_free(&g);
    return rc;
}
