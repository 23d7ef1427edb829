// Prints the anomalies of a file of scores. As CSV, it has the columns of a file of scores, and can be read as one.
#include "report/top_scores.h"

#include "base/log.h"
#include "base/text.h"
#include "report/json.h"
#include "report/table.h"
#include "report/top_explain.h"
#include <math.h>

struct list_columns {
    bool has_file, has_id, has_time, has_features;
};

static struct list_columns columns_of(const struct scores_list *l)
{
    struct list_columns c = {0};

    for (int64_t i = 0; i < l->n; i++) {
        c.has_file |= l->v[i].file != NULL;
        c.has_id |= l->v[i].id != NULL;
        c.has_time |= l->v[i].time != NULL;
        c.has_features |= l->v[i].feature[0] != NULL;
    }
    return c;
}

static void add_text_cell(struct table *t, const char *text)
{
    if (text)
        table_cell(t, "%s", text);
    else
        table_null(t);
}

// Adds a cell such as "bytes 62 %, proto 20 %, port 9 %".
static void add_features_cell(struct table *t, const struct scored_row *r)
{
    const double least = least_share_shown(r->share[0]);
    struct text cell = {0};
    char percent[24];

    for (int k = 0; k < SCORES_TOP && r->feature[k] && !(r->share[k] < least); k++) {
        text_add(&cell, "%s%s", k ? ", " : "", r->feature[k]);
        if (!isnan(r->share[k]))
            text_add(&cell, " %s", text_percent(percent, r->share[k]));
    }
    add_text_cell(t, cell.data);
    text_free(&cell);
}

static void print_list_table(const struct scores_list *l, FILE *out)
{
    const struct list_columns c = columns_of(l);
    struct table *t = table_new();

    table_column(t, "error", TABLE_RIGHT);
    if (c.has_file)
        table_column(t, "file", TABLE_LEFT);
    table_column(t, "row", TABLE_RIGHT);
    if (c.has_id)
        table_column(t, "id", TABLE_LEFT);
    if (c.has_time)
        table_column(t, "time", TABLE_LEFT);
    if (c.has_features)
        table_column(t, "explained by", TABLE_LEFT);

    for (int64_t i = 0; i < l->n; i++) {
        const struct scored_row *r = &l->v[i];
        table_row(t);
        if (isnan(r->error))
            table_null(t);
        else
            table_cell(t, "%.5g", r->error);
        if (c.has_file)
            add_text_cell(t, r->file);
        table_cell(t, "%lld", (long long)r->row);
        if (c.has_id)
            add_text_cell(t, r->id);
        if (c.has_time)
            add_text_cell(t, r->time);
        if (c.has_features)
            add_features_cell(t, r);
    }
    table_print(t, 0, out);
    table_free(&t);
}

static void add_number_cell(struct table *t, double value)
{
    char text[32];
    if (isnan(value))
        table_null(t);
    else
        table_cell(t, "%s", text_number(text, value));
}

static bool knows_verdict(const struct scores_list *l, const struct scored_row *r)
{
    return r->is_anomalous || !isnan(l->threshold);
}

static void print_list_csv(const struct scores_list *l, FILE *out)
{
    static const char *const names[] = {"feature_1", "share_1", "feature_2", "share_2", "feature_3", "share_3"};
    const struct list_columns c = columns_of(l);
    struct table *t = table_new();

    if (c.has_file)
        table_column(t, "file", TABLE_LEFT);
    if (c.has_id)
        table_column(t, "id", TABLE_LEFT);
    if (c.has_time)
        table_column(t, "time", TABLE_LEFT);
    table_column(t, "row", TABLE_RIGHT);
    table_column(t, "error", TABLE_RIGHT);
    table_column(t, "threshold", TABLE_RIGHT);
    table_column(t, "anomalous", TABLE_RIGHT);
    for (int k = 0; k < 2 * SCORES_TOP; k++)
        table_column(t, names[k], TABLE_LEFT);

    for (int64_t i = 0; i < l->n; i++) {
        const struct scored_row *r = &l->v[i];
        table_row(t);
        if (c.has_file)
            add_text_cell(t, r->file);
        if (c.has_id)
            add_text_cell(t, r->id);
        if (c.has_time)
            add_text_cell(t, r->time);
        table_cell(t, "%lld", (long long)r->row);
        add_number_cell(t, r->error);
        add_number_cell(t, l->threshold);
        add_number_cell(t, knows_verdict(l, r) ? (double)r->is_anomalous : NAN);
        for (int k = 0; k < SCORES_TOP; k++) {
            add_text_cell(t, r->feature[k]);
            add_number_cell(t, r->share[k]);
        }
    }
    table_print_csv(t, out);
    table_free(&t);
}

static void print_list_json(const struct scores_list *l, FILE *out)
{
    struct json j = {.out = out};

    json_open(&j, NULL, '[');
    for (int64_t i = 0; i < l->n; i++) {
        const struct scored_row *r = &l->v[i];
        json_open(&j, NULL, '{');
        if (r->file)
            json_text(&j, "file", r->file);
        if (r->id)
            json_text(&j, "id", r->id);
        if (r->time)
            json_text(&j, "time", r->time);
        json_number(&j, "row", (double)r->row);
        json_number(&j, "error", r->error);
        json_number(&j, "threshold", l->threshold);
        if (knows_verdict(l, r))
            json_bool(&j, "anomalous", r->is_anomalous);
        json_open(&j, "features", '[');
        for (int k = 0; k < SCORES_TOP && r->feature[k]; k++) {
            json_open(&j, NULL, '{');
            json_text(&j, "name", r->feature[k]);
            json_number(&j, "share", r->share[k]);
            json_close(&j, '}');
        }
        json_close(&j, ']');
        json_close(&j, '}');
    }
    json_close(&j, ']');
}

static void print_summary_line(const struct scores_list *l, const char *path)
{
    struct text t = {0};

    text_add(&t, "%lld row%s", (long long)l->rows, text_plural(l->rows));
    if (isnan(l->threshold))
        text_add(&t, ", no threshold is known");
    else
        text_add(&t, ", %lld above the threshold %.5g", (long long)l->above, l->threshold);
    if (l->marked)
        text_add(&t, ", %lld more marked anomalous", (long long)l->marked);
    if (l->unscored)
        text_add(&t, ", %lld without an error", (long long)l->unscored);
    log_print("%s: %s\n", path, t.data);
    text_free(&t);
}

void top_scores_print(const struct scores_list *l, const char *path, enum scores_print how, FILE *out)
{
    if (how == PRINT_CSV) {
        print_list_csv(l, out);
        return;
    }
    if (how == PRINT_JSON) {
        print_list_json(l, out);
        return;
    }

    print_summary_line(l, path);
    if (l->n) {
        fputc('\n', out);
        print_list_table(l, out);
    }
    int64_t anomalous = l->above + l->marked;
    if (l->n && !isnan(l->threshold) && l->query.is_above_threshold && l->n < anomalous)
        log_print("and %lld more: hourglass top %s --list 0\n", (long long)(anomalous - l->n), path);
}
