// Selects rows by number or slice, by filters, and by normal labels.
#include "data/data_select.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "data/data_filter.h"
#include "data/data_labels.h"
#include "data/data_table.h"
#include "spec/spec.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_LABEL = -1, COLUMN_UNKNOWN = -2 };

void data_selection_free(struct data_selection *s)
{
    free(s->source);
    free(s->index);
    free(s->label);
    free(s->is_anomaly);
    *s = (struct data_selection){0};
}

static int selection_alloc(struct data_selection *s, int64_t rows, bool has_label, bool has_anomaly, struct err *e)
{
    ASSERT(rows >= 0, "%lld rows", (long long)rows);
    s->rows = rows;
    s->source = mem_array((size_t)rows, sizeof *s->source, s->part->name, e);
    s->index = mem_array((size_t)rows, sizeof *s->index, s->part->name, e);
    s->label = has_label ? mem_array((size_t)rows, sizeof *s->label, s->part->name, e) : NULL;
    s->is_anomaly = has_anomaly ? mem_array((size_t)rows, sizeof *s->is_anomaly, s->part->name, e) : NULL;
    return s->source && s->index && (s->label || !has_label) && (s->is_anomaly || !has_anomaly) ? 0 : -1;
}

// --- columns of filters

static int find_filter_column(const struct data_table *t, const char *name)
{
    for (int i = 0; t->features && i < t->columns; i++)
        if (strcmp(t->features[i], name) == 0)
            return i;
    if (t->label && (strcmp(name, t->label_name) == 0 || strcmp(name, "label") == 0))
        return COLUMN_LABEL;
    return COLUMN_UNKNOWN;
}

static int refuse_filter_column(const struct data_filter *f, const struct data_table *t, struct err *e)
{
    enum { SHOWN = 40 };
    int n = 0;
    const char **names = mem_new((size_t)t->columns + 2, sizeof *names);

    if (t->label)
        names[n++] = t->label_name;
    if (t->label && strcmp(t->label_name, "label") != 0)
        names[n++] = "label";
    for (int i = 0; t->features && i < t->columns; i++)
        names[n++] = t->features[i];
    struct text list = {0};
    for (int i = 0; i < n && i < SHOWN; i++)
        text_add(&list, "%s%s", i ? ", " : "", names[i]);
    text_add(&list, "%s", n > SHOWN ? ", ..." : "");
    if (n == 0)
        text_add(&list, "none (the file names no columns)");

    char hint[DID_YOU_MEAN_ROOM];
    data_error(f->at, e, "found no column '%s' in %s, allowed: %s%s", f->column, t->name, list.data,
        text_did_you_mean(hint, f->column, names, n));
    text_free(&list);
    free(names);
    return -1;
}

static int check_table_filter(
    const struct data_filter *f, const struct data_table *t, const struct data_classes *classes, struct err *e)
{
    int column = find_filter_column(t, f->column);

    if (column == COLUMN_UNKNOWN)
        return refuse_filter_column(f, t, e);
    if (column == COLUMN_LABEL)
        return data_labels_check_filter(f, t, classes, e);
    return data_filter_name(f) ? data_error(f->at, e, "found '%s', allowed: a number, which column '%s' of %s holds",
                                     data_filter_name(f), f->column, t->name)
                               : 0;
}

static int check_table_filters(
    const struct data_filters *filters, const struct data_table *t, const struct data_classes *classes, struct err *e)
{
    int result = 0;

    for (int i = 0; i < filters->n; i++)
        result |= check_table_filter(&filters->v[i], t, classes, e);
    return result;
}

int data_check_filters(const struct data_config *cfg, const struct data_files *files, struct err *e)
{
    int result = 0;
    for (int i = 0; i < files->n; i++)
        result |= check_table_filters(&cfg->filters, files->v[i], &files->classes, e);
    return result;
}

static void apply_label_filter(const struct data_filter *f, const struct data_table *t,
    const struct data_classes *classes, const int64_t *row, int64_t n, int8_t *keep)
{
    struct data_filter by_class = *f;

    by_class.values = mem_new((size_t)f->n, sizeof *by_class.values);
    data_labels_filter_values(f, t, classes, by_class.values);
    for (int64_t i = 0; i < n; i++)
        if (keep[i])
            keep[i] = data_filter_holds_integer(&by_class, data_labels_value(t, classes, row[i]));
    free(by_class.values);
}

static bool value_passes(const struct data_filter *f, const struct data_table *t, int64_t row, int column)
{
    if (t->type == STORE_I64)
        return data_filter_holds_integer(f, data_table_integer(t, row, column));
    return data_filter_holds(f, data_table_value(t, row, column));
}

static void apply_filters(const struct data_filters *filters, const struct data_table *t,
    const struct data_classes *classes, const int64_t *row, int64_t n, int8_t *keep)
{
    for (int k = 0; k < filters->n; k++) {
        const struct data_filter *f = &filters->v[k];
        int column = find_filter_column(t, f->column);

        if (column == COLUMN_LABEL)
            apply_label_filter(f, t, classes, row, n, keep);
        for (int64_t i = 0; column != COLUMN_LABEL && i < n; i++)
            if (keep[i])
                keep[i] = value_passes(f, t, row[i], column);
    }
}

// --- rows of one source

static int64_t clamp_slice_end(int64_t v, int64_t n)
{
    v = v < 0 ? v + n : v;
    if (v < 0)
        return 0;
    return v < n ? v : n;
}

// Sets *out to the numbers of the rows that `rows` chooses, in new memory, and *n to how many there are. Returns -1 and
// errors if a row does not exist.
static int list_chosen_rows(
    const struct data_rows *rows, const struct data_table *t, int64_t **out, int64_t *n, struct err *e)
{
    int before = e->count;
    bool is_slice = rows->kind == ROWS_SLICE;
    int64_t first = is_slice ? clamp_slice_end(rows->first, t->rows) : 0;
    int64_t step = is_slice ? rows->step : 1;
    int64_t last = is_slice ? clamp_slice_end(rows->last, t->rows) : t->rows;

    ASSERT(step > 0, "step %lld", (long long)step);
    *n = first < last ? (last - first - 1) / step + 1 : 0;
    if (rows->kind == ROWS_LIST)
        *n = rows->list.n;
    if (*n == 0)
        return data_error(rows->at, e, "found no row, allowed: rows of 0..%lld of %s", (long long)t->rows - 1, t->name);
    *out = mem_array((size_t)*n, sizeof **out, t->name, e);

    for (int64_t i = 0; *out && i < *n; i++) {
        int64_t row = rows->kind == ROWS_LIST ? rows->list.v[i] : first + i * step;
        (*out)[i] = row < 0 ? row + t->rows : row;
        if ((*out)[i] < 0 || (*out)[i] >= t->rows)
            data_error(node_item(rows->at, (int)i), e, "found row %lld, allowed: 0..%lld, the rows of %s",
                (long long)row, (long long)t->rows - 1, t->name);
    }
    return e->count == before ? 0 : -1;
}

struct chosen_rows {
    int64_t *row; // (n), owned
    int64_t n;
};

static int choose_rows(const struct data_config *cfg, const struct data_classes *classes,
    const struct data_source *source, const struct data_table *t, struct chosen_rows *c, struct err *e)
{
    if (list_chosen_rows(&source->rows, t, &c->row, &c->n, e) | check_table_filters(&source->where, t, classes, e))
        return -1;
    if (cfg->filters.n == 0 && source->where.n == 0)
        return 0;

    int8_t *keep = mem_array((size_t)c->n, 1, t->name, e);
    if (!keep)
        return -1;
    memset(keep, 1, (size_t)c->n);
    apply_filters(&cfg->filters, t, classes, c->row, c->n, keep);
    apply_filters(&source->where, t, classes, c->row, c->n, keep);

    int64_t n = 0;
    for (int64_t i = 0; i < c->n; i++)
        if (keep[i])
            c->row[n++] = c->row[i];

    free(keep);
    if (n == 0) {
        const struct data_filters *filters = source->where.n ? &source->where : &cfg->filters;
        return data_error(filters->v[0].at, e, "no row of the %lld of %s passes the filters", (long long)c->n, t->name);
    }
    c->n = n;
    return 0;
}

// --- labels and anomalies

static bool is_normal(const struct field_ints *normal, int64_t label)
{
    for (int i = 0; i < normal->n; i++)
        if (normal->v[i] == label)
            return true;
    return false;
}

// Returns true if every row of a part is known to be an anomaly or not. That is so if data.normal is given, if all
// sources are marked, or if one is marked as anomalies: then the rows of unmarked sources are normal.
static bool knows_anomalies(const struct data_config *cfg, const struct data_part *part)
{
    bool any = false, all = true;
    for (int i = 0; i < part->n; i++) {
        any = any || part->source[i].anomaly == ANOMALY_TRUE;
        all = all && part->source[i].anomaly != ANOMALY_UNKNOWN;
    }
    return cfg->normal.n || any || all;
}

static int check_labels_exist(
    const struct data_config *cfg, const struct data_part *part, struct data_table *const *tables, struct err *e)
{
    int result = 0;
    for (int i = 0; i < part->n && cfg->normal.n; i++)
        if (!tables[i]->label && part->source[i].anomaly == ANOMALY_UNKNOWN)
            result = data_error(part->source[i].at, e,
                "found no labels in %s, which data.normal needs; hint: {from: %s, "
                "anomaly: false}",
                tables[i]->name, tables[i]->name);
    return result;
}

static void fill_selected_rows(
    const struct data_classes *classes, struct data_selection *s, int k, int64_t at, const struct chosen_rows *c)
{
    const struct data_table *t = s->tables[k];
    int anomaly = s->part->source[k].anomaly;
    bool by_label = anomaly == ANOMALY_UNKNOWN && classes->normal.n;
    ASSERT(at >= 0 && at + c->n <= s->rows, "%lld + %lld of %lld", (long long)at, (long long)c->n, (long long)s->rows);

    for (int64_t i = 0; i < c->n; i++) {
        s->source[at + i] = k;
        s->index[at + i] = c->row[i];
        if (s->label)
            s->label[at + i] = t->label[c->row[i]];
        if (s->is_anomaly)
            s->is_anomaly[at + i] =
                by_label ? !is_normal(&classes->normal, t->label[c->row[i]]) : anomaly == ANOMALY_TRUE;
    }
}

static int join_chosen_rows(const struct data_config *cfg, const struct data_classes *classes, struct data_selection *s,
    const struct chosen_rows *c, struct err *e)
{
    int64_t rows = 0;
    bool has_label = true;

    for (int k = 0; k < s->part->n; k++) {
        rows += c[k].n;
        has_label = has_label && s->tables[k]->label;
    }

    if (rows > INT32_MAX)
        return data_error(
            s->part->source[0].at, e, "found %lld rows in all, allowed: up to %d", (long long)rows, INT32_MAX);
    ASSERT(rows > 0, "%s has no rows", s->part->name);
    if (selection_alloc(s, rows, has_label, knows_anomalies(cfg, s->part), e) != 0)
        return -1;

    int64_t at = 0;
    for (int k = 0; k < s->part->n; at += c[k++].n)
        fill_selected_rows(classes, s, k, at, &c[k]);
    return 0;
}

int data_select(const struct data_config *cfg, const struct data_classes *classes, const struct data_part *part,
    struct data_table *const *tables, struct data_selection *out, struct err *e)
{
    int before = e->count;

    *out = (struct data_selection){.part = part, .tables = tables};
    struct chosen_rows *c = mem_new((size_t)part->n, sizeof *c);
    for (int k = 0; k < part->n; k++)
        choose_rows(cfg, classes, &part->source[k], tables[k], &c[k], e);
    check_labels_exist(cfg, part, tables, e);
    if (e->count == before)
        join_chosen_rows(cfg, classes, out, c, e);
    for (int k = 0; k < part->n; k++)
        free(c[k].row);
    free(c);
    if (e->count == before)
        return 0;

    data_selection_free(out);
    return -1;
}

// --- parts of a selection

// Copies row `from` of a to row `to` of b. a and b may be the same.
static void copy_selected_row(const struct data_selection *a, int64_t from, struct data_selection *b, int64_t to)
{
    b->source[to] = a->source[from];
    b->index[to] = a->index[from];
    if (a->label)
        b->label[to] = a->label[from];
    if (a->is_anomaly)
        b->is_anomaly[to] = a->is_anomaly[from];
}

int data_partition(struct data_selection *s, const int8_t *keep, struct data_selection *rest, struct err *e)
{
    int64_t kept = 0, gone = 0;

    for (int64_t i = 0; i < s->rows; i++)
        kept += keep[i] != 0;
    if (rest) {
        *rest = (struct data_selection){.part = s->part, .tables = s->tables};
        if (selection_alloc(rest, s->rows - kept, s->label, s->is_anomaly, e) != 0) {
            data_selection_free(rest);
            return -1;
        }
    }
    kept = 0;

    for (int64_t i = 0; i < s->rows; i++)
        if (keep[i])
            copy_selected_row(s, i, s, kept++);
        else if (rest)
            copy_selected_row(s, i, rest, gone++);

    ASSERT(kept + gone <= s->rows, "%lld + %lld rows", (long long)kept, (long long)gone);
    s->rows = kept;
    return 0;
}

// --- one-class

// Returns the smallest labels of a selection, each once, such as "0, 1, 2", in new memory.
static char *list_labels(const struct data_selection *s)
{
    enum { SHOWN = 20 };
    struct text list = {0};
    int64_t label = INT64_MIN;

    for (int shown = 0; shown < SHOWN; shown++) {
        int64_t next = INT64_MAX;
        for (int64_t i = 0; i < s->rows; i++)
            if ((s->label[i] > label || (shown == 0 && s->label[i] == label)) && s->label[i] <= next)
                next = s->label[i];
        if (shown && next == INT64_MAX)
            return list.data;
        text_add(&list, "%s%lld", shown ? ", " : "", (long long)next);
        label = next;
    }

    text_add(&list, ", ...");
    return list.data;
}

int data_check_normal(
    const struct data_config *cfg, const struct data_classes *classes, const struct data_selection *s, struct err *e)
{
    int result = 0;

    for (int k = 0; s->label && !classes->names.n && k < classes->normal.n; k++) {
        int64_t i = 0;
        while (i < s->rows && s->label[i] != classes->normal.v[k])
            i++;
        if (i == s->rows) {
            char *labels = list_labels(s);
            result = data_error(cfg->normal_at, e, "found label %lld, which no row of %s has, allowed: %s",
                (long long)classes->normal.v[k], s->part->name, labels);
            free(labels);
        }
    }
    return result;
}

int data_keep_normal(const struct data_config *cfg, struct data_selection *s, struct err *e)
{
    if (cfg->normal.n == 0)
        return 0;
    int8_t *keep = mem_array((size_t)s->rows, 1, s->part->name, e);
    if (!keep)
        return -1;
    ASSERT(s->is_anomaly, "%s: anomalies are unknown", s->part->name);
    for (int64_t i = 0; i < s->rows; i++)
        keep[i] = !s->is_anomaly[i];
    int result = data_partition(s, keep, NULL, e);
    free(keep);
    if (result == 0 && s->rows == 0)
        return data_error(cfg->normal_at, e, "no row of %s is left", s->part->name);
    return result;
}
