// Picks samples of a trial by their stored errors and shows them.
//
// The errors come from the trial's file, but the samples come from the present data: the trial is loaded with its model
// and data, and the number of rows must still match. Rows are sorted once by error; each list of samples then takes
// rows from one end of that order. The printed `sample` is the index along the dimension of that name in the trial's
// file; `row` is the index in the source, shown only if it differs. Reconstructions are computed again only for the
// picture, one sample at a time.
#include "report/top.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/coordinates.h"
#include "data/dataset.h"
#include "data/gather.h"
#include "nn/nn.h"
#include "report/gallery.h"
#include "report/table.h"
#include "report/top_explain.h"
#include "report/top_threshold.h"
#include "trial/trial_load.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_ROOM = QUOTE_ROOM };

// The samples that are shown under one heading.
struct sample_list {
    char heading[128];
    bool is_highest;
    int32_t *rows; // (n), owned
    int n;
};

struct sample_picker {
    struct loaded_trial loaded;
    const struct dataset *d; // borrowed from `loaded`
    float *error;            // (d->rows), owned; NaN: the row has none
    int32_t *order;          // (n_scored), owned: rows that have an error, highest first
    int64_t n_scored;
    struct sample_list *list; // (n_lists), owned
    int n_lists;
    int64_t hidden;                  // number of samples above the threshold that are in no list
    struct top_explainer *explainer; // owned; NULL: features have no names, or samples are pictures
};

static int compare_by_error(const void *a, const void *b, void *errors)
{
    const float *error = errors;
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    if (error[x] != error[y])
        return error[x] < error[y] ? 1 : -1;
    return (x > y) - (x < y);
}

// Returns the test set with this name (NULL: the first), or NULL if there is none.
static const struct dataset *find_test_set(const struct data_sets *sets, const char *name)
{
    for (int i = 0; i < sets->n_test; i++)
        if (!name || strcmp(sets->test[i].name, name) == 0)
            return &sets->test[i];
    return NULL;
}

// Loads the errors of the picker's test set. Returns -1 and an error if they do not match the data.
static int picker_read_errors(struct sample_picker *p, const struct leaderboard_row *trial, struct err *e)
{
    int64_t n;

    p->error = trial_errors(trial, p->d->name, &n, e);
    if (!p->error)
        return -1;
    if (n != p->d->rows)
        return err_add(e, ERR_DATA, "%s: found %lld error%s of test set %s, but the data now has %lld row%s",
            trial->path, (long long)n, text_plural(n), p->d->name, (long long)p->d->rows, text_plural(p->d->rows));
    return 0;
}

static int picker_sort_rows(struct sample_picker *p, struct err *e)
{
    p->order = mem_array((size_t)p->d->rows, sizeof *p->order, "the order of the samples", e);
    if (!p->order)
        return -1;

    for (int64_t i = 0; i < p->d->rows; i++)
        if (!isnan(p->error[i]))
            p->order[p->n_scored++] = (int32_t)i;
    qsort_r(p->order, (size_t)p->n_scored, sizeof *p->order, compare_by_error, p->error);
    return 0;
}

// Fills a zeroed picker. The caller frees it with picker_free, even after a failure.
static int picker_init(
    struct sample_picker *p, const struct leaderboard_row *trial, const struct top_selection *o, struct err *e)
{
    if (trial_load(o->member ? o->member : trial, &p->loaded, e) != 0)
        return -1;

    p->d = find_test_set(&p->loaded.sets, o->set);
    if (!p->d)
        return err_add(e, ERR_USAGE, "--test-set: the trial has no test set '%s'", o->set ? o->set : "");
    if (picker_read_errors(p, trial, e) != 0)
        return -1;
    return picker_sort_rows(p, e);
}

static void picker_free(struct sample_picker *p)
{
    for (int i = 0; i < p->n_lists; i++)
        free(p->list[i].rows);
    top_explainer_free(&p->explainer);
    free(p->list);
    free(p->order);
    free(p->error);
    if (p->loaded.model)
        trial_unload(&p->loaded);
}

// Selects the samples of a list.
struct sample_query {
    const char *heading;
    bool is_highest;      // starts with the highest errors; if false, with the lowest
    const int64_t *label; // only samples with this label; NULL: any
};

// Adds a list of the first `count` samples that match.
static void picker_add_list(struct sample_picker *p, int count, const struct sample_query *q)
{
    ASSERT(count > 0 && (!q->label || p->d->label), "%d samples", count);
    p->list = mem_grow(p->list, (size_t)p->n_lists + 1, sizeof *p->list);
    struct sample_list *l = &p->list[p->n_lists++];
    *l = (struct sample_list){.is_highest = q->is_highest, .rows = mem_new((size_t)count, sizeof *l->rows)};
    snprintf(l->heading, sizeof l->heading, "%s", q->heading);

    for (int64_t i = 0; i < p->n_scored && l->n < count; i++) {
        int32_t row = p->order[q->is_highest ? i : p->n_scored - 1 - i];
        if (!q->label || p->d->label[row] == *q->label)
            l->rows[l->n++] = row;
    }
}

static void picker_add_ends(struct sample_picker *p, int count)
{
    picker_add_list(p, count, &(struct sample_query){.heading = "most anomalous", .is_highest = true});
    picker_add_list(p, count, &(struct sample_query){.heading = "least anomalous"});
}

// Adds a list of the samples above the threshold, for a test set without known anomalies. If there are none, adds both
// ends.
static int picker_add_anomalies(
    struct sample_picker *p, const struct leaderboard_row *trial, const struct top_selection *o, struct err *e)
{
    struct evaluation v;
    int64_t above;

    if (top_threshold_evaluate(trial, p->d->name, o->rule, &v, &above, e) != 0)
        return -1;
    if (above == 0 || above > p->n_scored) {
        picker_add_ends(p, o->count);
        return 0;
    }

    int64_t shown = o->list && o->list < above ? o->list : above;
    p->hidden = above - shown;
    picker_add_list(
        p, shown < INT32_MAX ? (int)shown : INT32_MAX, &(struct sample_query){"above the threshold", true, NULL});
    return 0;
}

static int compare_by_label(const void *a, const void *b, void *labels)
{
    const int64_t *label = labels;
    int64_t x = label[*(const int32_t *)a], y = label[*(const int32_t *)b];
    return (x > y) - (x < y);
}

// Writes the label of a row as the data gives it, "Ankle boot" or a number. Returns out.
static const char *label_text(const struct dataset *d, int64_t row, char out[LABEL_ROOM])
{
    const char *text = dataset_label_name(d, row);
    char number[24];

    ASSERT(row >= 0 && row < d->rows, "row %lld of %lld", (long long)row, (long long)d->rows);
    if (!text) {
        snprintf(number, sizeof number, "%lld", (long long)d->label[row]);
        text = number;
    }
    return text_quote(out, text, strlen(text));
}

// Adds both ends of the samples that have the same label as `row`.
static void picker_add_label(struct sample_picker *p, int count, int32_t row)
{
    char heading[128], name[LABEL_ROOM];
    const int64_t *label = &p->d->label[row];
    label_text(p->d, row, name);
    snprintf(heading, sizeof heading, "label %s, highest errors", name);
    picker_add_list(p, count, &(struct sample_query){.heading = heading, .is_highest = true, .label = label});
    snprintf(heading, sizeof heading, "label %s, lowest errors", name);
    picker_add_list(p, count, &(struct sample_query){.heading = heading, .label = label});
}

static int picker_add_classes(struct sample_picker *p, int count, struct err *e)
{
    enum { CLASSES_MAX = 100 };
    const struct dataset *d = p->d;
    if (!d->label)
        return err_add(e, ERR_USAGE, "--by-class: test set %s has no labels", d->name);

    int32_t *rows = mem_new((size_t)d->rows, sizeof *rows);
    for (int64_t i = 0; i < d->rows; i++)
        rows[i] = (int32_t)i;
    qsort_r(rows, (size_t)d->rows, sizeof *rows, compare_by_label, d->label);

    int classes = 0;
    for (int64_t i = 0; i < d->rows && classes < CLASSES_MAX; i++) {
        if (i > 0 && d->label[rows[i]] == d->label[rows[i - 1]])
            continue;
        picker_add_label(p, count, rows[i]);
        classes++;
    }
    free(rows);

    return 0;
}

// Returns true if the index of any row in its source differs from its index in the set.
static bool has_other_rows(const struct dataset *d)
{
    for (int64_t i = 0; i < d->rows; i++)
        if (d->index[i] != i)
            return true;
    return false;
}

// Adds the name, the time and the group of a row, each if identity_columns has made a column for it.
static void add_identity(struct table *t, const struct coordinates *c, int32_t row)
{
    if (c->id)
        table_cell(t, "%s", c->id[row]);
    if (c->time) {
        char *time = coordinates_time_text(c, row);
        table_cell(t, "%s", time ? time : "");
        free(time);
    }
    if (c->group) {
        const char *group = coordinates_group(c, row);
        table_cell(t, "%s", group ? group : "");
    }
}

static void identity_columns(struct table *t, const struct coordinates *c)
{
    if (c->id)
        table_column(t, "id", TABLE_LEFT);
    if (c->time)
        table_column(t, "time", TABLE_LEFT);
    if (c->group)
        table_column(t, "group", TABLE_LEFT);
}

static void add_sample_row(struct table *t, const struct sample_picker *p, int32_t row, bool has_rows)
{
    const struct dataset *d = p->d;
    char label[LABEL_ROOM];

    table_cell(t, "%.5g", (double)p->error[row]);
    table_cell(t, "%lld", (long long)row);
    add_identity(t, &d->coordinates, row);
    table_cell(t, "%s", d->sources[d->source[row]].name);
    if (has_rows)
        table_cell(t, "%lld", (long long)d->index[row]);
    if (d->label)
        table_cell(t, "%s", label_text(d, row, label));
    if (d->is_anomaly)
        table_cell(t, "%s", d->is_anomaly[row] ? "yes" : "");
}

// Adds a cell with the features that explain a high error.
static void add_explanation(struct table *t, const struct sample_picker *p, const struct sample_list *l, int32_t row)
{
    struct text text = {0};

    if (!p->explainer)
        return;
    if (l->is_highest)
        top_explain_row(p->explainer, p->d, row, &text);
    table_cell(t, "%s", text.data ? text.data : "");
    text_free(&text);
}

static void print_samples(const struct sample_picker *p)
{
    bool has_rows = has_other_rows(p->d);
    struct table *t = table_new();

    table_column(t, "", TABLE_LEFT);
    table_column(t, "error", TABLE_RIGHT);
    table_column(t, "sample", TABLE_RIGHT);
    identity_columns(t, &p->d->coordinates);
    table_column(t, "of", TABLE_LEFT);
    if (has_rows)
        table_column(t, "row", TABLE_RIGHT);
    if (p->d->label)
        table_column(t, "label", TABLE_LEFT);
    if (p->d->is_anomaly)
        table_column(t, "anomaly", TABLE_LEFT);
    if (p->explainer)
        table_column(t, "explained by", TABLE_LEFT);

    for (int i = 0; i < p->n_lists; i++) {
        const struct sample_list *l = &p->list[i];
        if (i > 0)
            table_rule(t);
        for (int k = 0; k < l->n; k++) {
            table_row(t);
            table_cell(t, "%s", k ? "" : l->heading);
            add_sample_row(t, p, l->rows[k], has_rows);
            add_explanation(t, p, l, l->rows[k]);
        }
    }

    table_print(t, 0, stdout);
    table_free(&t);
}

// --- the picture
static struct gallery_format picture_format(const struct sample_picker *p)
{
    const struct dataset *d = p->d;
    struct gallery_format f = gallery_format_of(d->shape_rank, d->shape);
    if (f.height && d->type == DATASET_U8 && !d->factor)
        f.high = 255;
    return f;
}

enum { CAPTION_NAME = 24 }; // bytes of a row's name in a caption

static void write_sample_caption(const struct sample_picker *p, int32_t row, char *out, size_t size)
{
    char label[LABEL_ROOM];
    char *name = coordinates_row_name(&p->d->coordinates, row);
    int n = snprintf(out, size, "%.4g", (double)p->error[row]);

    if (p->d->label)
        n += snprintf(out + n, size - (size_t)n, " label %.20s", label_text(p->d, row, label));
    if (name) { // the end of a name, such as img/photo_0412.png, says more than its beginning
        int length = (int)strlen(name), cut = length > CAPTION_NAME ? length - CAPTION_NAME : 0;
        while (cut > 0 && ((unsigned char)name[cut] & 0xc0) == 0x80) // do not cut a character of UTF-8
            cut++;
        snprintf(out + n, size - (size_t)n, " %s", name + cut);
    }
    free(name);
}

// Computes the reconstruction of a sample, and adds the sample and its reconstruction to the gallery.
static int draw_sample(struct sample_picker *p, struct gallery *g, struct workspace *ws, int32_t row, struct err *e)
{
    const struct model *m = p->loaded.model;
    size_t n = (size_t)p->d->columns;
    float *pair = mem_new(2 * n, sizeof *pair); // input, then reconstruction
    char caption[128];

    dataset_gather(p->d, &row, 1, ws->x);
    model_forward(m, p->loaded.w, ws, 1, ws->x);
    const real *y = model_reconstruct(m, ws, 1);
    for (size_t i = 0; i < n; i++) {
        pair[i] = (float)ws->x[i];
        pair[n + i] = (float)y[i];
    }

    write_sample_caption(p, row, caption, sizeof caption);
    int rc = gallery_add(g, pair, pair + n, caption, e);
    free(pair);
    return rc;
}

static int draw_samples_picture(struct sample_picker *p, const char *path, const char *title, struct err *e)
{
    enum { DRAWN_MOST = 50 }; // samples of a list
    struct gallery_format format = picture_format(p);
    struct workspace *ws = workspace_new(p->loaded.model, 1, false, e);
    if (!ws)
        return -1;

    struct gallery *g = gallery_new(&format, title);
    int rc = 0;
    for (int i = 0; i < p->n_lists && rc == 0; i++) {
        const struct sample_list *l = &p->list[i];
        gallery_section(g, l->heading);
        for (int k = 0; k < l->n && k < DRAWN_MOST && rc == 0; k++)
            rc = draw_sample(p, g, ws, l->rows[k], e);
    }
    if (rc == 0)
        rc = gallery_write(g, path, e);

    gallery_free(&g);
    workspace_free(&ws);
    return rc;
}

int top_show(const struct leaderboard_row *trial, const struct top_selection *o, bool *is_drawn, struct err *e)
{
    struct sample_picker p = {0};
    int rc = picker_init(&p, trial, o, e);

    if (rc == 0 && o->by_class)
        rc = picker_add_classes(&p, o->count, e);
    else if (rc == 0 && !p.d->is_anomaly)
        rc = picker_add_anomalies(&p, trial, o, e);
    else if (rc == 0)
        picker_add_ends(&p, o->count);

    if (rc == 0) {
        if (!o->member)
            p.explainer = top_explainer_new(trial, p.d);
        printf(o->member ? "\nSamples of the %.8s:\n" : "\nSamples of trial %.8s:\n", trial->id);
        print_samples(&p);
        if (p.hidden)
            printf("and %lld more above the threshold: --list 0 shows all\n", (long long)p.hidden);
    }
    *is_drawn = rc == 0 && o->picture && !o->member && model_reconstructs(p.loaded.model);
    if (*is_drawn) {
        char *title = mem_format("%s, trial %.8s, set %s", trial->experiment, trial->id, p.d->name);
        rc = draw_samples_picture(&p, o->picture, title, e);
        free(title);
    }

    picker_free(&p);
    return rc;
}
