// The most and the least anomalous samples of a trial, as a table and as a picture.
#include "report/top.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/gather.h"
#include "report/gallery.h"
#include "report/table.h"
#include "report/table_metrics.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/trial_load.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_ROOM = QUOTE_ROOM };

// One line of samples: those of a label, or all.
struct choice {
    char heading[128];
    int32_t *rows; // owned
    int n;
};

struct picker {
    struct loaded_trial loaded;
    const struct dataset *d;
    float *error;   // (d->rows), owned; NaN: the row has none
    int32_t *order; // (n_scored), owned: rows that have an error, highest first
    int64_t n_scored;
    struct choice *choice; // owned
    int n_choices;
};

static int higher_first(const void *a, const void *b, void *errors)
{
    const float *error = errors;
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    if (error[x] != error[y])
        return error[x] < error[y] ? 1 : -1;
    return (x > y) - (x < y);
}

static const struct dataset *find_set(const struct data_sets *sets, const char *name)
{
    for (int i = 0; i < sets->n_test; i++)
        if (!name || strcmp(sets->test[i].name, name) == 0)
            return &sets->test[i];
    return NULL;
}

static int picker_init(struct picker *p, const struct leaderboard_row *s, const char *set, struct err *e)
{
    if (trial_load(s, &p->loaded, e) != 0)
        return -1;
    int64_t n;
    p->d = find_set(&p->loaded.sets, set);
    if (!p->d)
        return err_add(e, ERR_USAGE, "--test-set: the trial has no test set '%s'", set);
    p->error = trial_errors(s, p->d->name, &n, e);
    if (!p->error)
        return -1;
    if (n != p->d->rows)
        return err_add(e, ERR_DATA, "%s: has %lld errors of set %s, but the data now has %lld rows", s->path,
            (long long)n, p->d->name, (long long)p->d->rows);
    p->order = mem_array((size_t)n, sizeof *p->order, "the order of the samples", e);
    if (!p->order)
        return -1;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(p->error[i]))
            p->order[p->n_scored++] = (int32_t)i;
    qsort_r(p->order, (size_t)p->n_scored, sizeof *p->order, higher_first, p->error);
    return 0;
}

static void picker_free(struct picker *p)
{
    for (int i = 0; i < p->n_choices; i++)
        free(p->choice[i].rows);
    free(p->choice);
    free(p->order);
    free(p->error);
    if (p->loaded.model)
        trial_unload(&p->loaded);
}

// The first `count` rows with a label (`any`: with any) from the head of the order, or from its tail.
static void choose(struct picker *p, int count, bool any, int64_t label, bool head, const char *heading)
{
    p->choice = mem_grow(p->choice, (size_t)p->n_choices + 1, sizeof *p->choice);
    struct choice *c = &p->choice[p->n_choices++];
    *c = (struct choice){.rows = mem_new((size_t)count, sizeof *c->rows)};
    snprintf(c->heading, sizeof c->heading, "%s", heading);
    for (int64_t i = 0; i < p->n_scored && c->n < count; i++) {
        int32_t row = p->order[head ? i : p->n_scored - 1 - i];
        if (any || p->d->label[row] == label)
            c->rows[c->n++] = row;
    }
}

static int by_label(const void *a, const void *b, void *labels)
{
    const int64_t *label = labels;
    int64_t x = label[*(const int32_t *)a], y = label[*(const int32_t *)b];
    return (x > y) - (x < y);
}

// A label as its data has it: "Ankle boot", or a number.
static const char *label_text(const struct dataset *d, int64_t row, char out[LABEL_ROOM])
{
    const char *name = dataset_label_name(d, row);
    char number[24];

    snprintf(number, sizeof number, "%lld", (long long)d->label[row]);
    return text_quote(out, name ? name : number, strlen(name ? name : number));
}

static int choose_by_class(struct picker *p, int count, struct err *e)
{
    enum { CLASSES_MAX = 100 };
    if (!p->d->label)
        return err_add(e, ERR_USAGE, "--by-class: test set %s has no labels", p->d->name);
    int32_t *rows = mem_new((size_t)p->d->rows, sizeof *rows);
    for (int64_t i = 0; i < p->d->rows; i++)
        rows[i] = (int32_t)i;
    qsort_r(rows, (size_t)p->d->rows, sizeof *rows, by_label, p->d->label);

    int classes = 0;
    for (int64_t i = 0; i < p->d->rows && classes < CLASSES_MAX; i++) {
        int64_t label = p->d->label[rows[i]];
        if (i > 0 && label == p->d->label[rows[i - 1]])
            continue;
        char heading[128], name[LABEL_ROOM];
        snprintf(heading, sizeof heading, "label %s, highest errors", label_text(p->d, rows[i], name));
        choose(p, count, false, label, true, heading);
        snprintf(heading, sizeof heading, "label %s, lowest errors", name);
        choose(p, count, false, label, false, heading);
        classes++;
    }
    free(rows);
    return 0;
}

// Whether the number of some row in its source is not the one in the set.
static bool has_other_rows(const struct dataset *d)
{
    for (int64_t i = 0; i < d->rows; i++)
        if (d->index[i] != i)
            return true;
    return false;
}

// `sample` is the number along the dimension of that name in the trial's file; `row`, if it differs, that in the
// source.
static void print_choices(const struct picker *p)
{
    const struct dataset *d = p->d;
    bool has_rows = has_other_rows(d);
    struct table *t = table_new();
    table_column(t, "", TABLE_LEFT);
    table_column(t, "error", TABLE_RIGHT);
    table_column(t, "sample", TABLE_RIGHT);
    table_column(t, "of", TABLE_LEFT);
    if (has_rows)
        table_column(t, "row", TABLE_RIGHT);
    if (d->label)
        table_column(t, "label", TABLE_LEFT);
    if (d->is_anomaly)
        table_column(t, "anomaly", TABLE_LEFT);
    for (int i = 0; i < p->n_choices; i++) {
        if (i > 0)
            table_rule(t);
        for (int k = 0; k < p->choice[i].n; k++) {
            int32_t row = p->choice[i].rows[k];
            char label[LABEL_ROOM];
            table_row(t);
            table_cell(t, "%s", k ? "" : p->choice[i].heading);
            table_cell(t, "%.5g", (double)p->error[row]);
            table_cell(t, "%lld", (long long)row);
            table_cell(t, "%s", d->sources[d->source[row]].name);
            if (has_rows)
                table_cell(t, "%lld", (long long)d->index[row]);
            if (d->label)
                table_cell(t, "%s", label_text(d, row, label));
            if (d->is_anomaly)
                table_cell(t, "%s", d->is_anomaly[row] ? "yes" : "");
        }
    }
    table_print(t, 0, stdout);
    table_free(&t);
}

// --- the picture
static struct gallery_format picture_format(const struct picker *p)
{
    const struct dataset *d = p->d;
    struct gallery_format f = gallery_format_of(d->shape_rank, d->shape);
    if (f.height && d->type == DATASET_U8 && !d->factor)
        f.high = 255;
    return f;
}

static int add_sample(struct picker *p, struct gallery *g, struct workspace *ws, int32_t row, struct err *e)
{
    const struct model *m = p->loaded.model;
    size_t n = (size_t)p->d->columns;
    float *pair = mem_new(2 * n, sizeof *pair);
    dataset_gather(p->d, &row, 1, ws->x);
    model_forward(m, p->loaded.w, ws, 1, ws->x);
    const real *y = model_reconstruct(m, ws, 1);
    for (size_t i = 0; i < n; i++) {
        pair[i] = (float)ws->x[i];
        pair[n + i] = (float)y[i];
    }
    char caption[128], label[LABEL_ROOM] = "";
    snprintf(caption, sizeof caption, "%.4g%s%.20s", (double)p->error[row], p->d->label ? " label " : "",
        p->d->label ? label_text(p->d, row, label) : "");
    int failed = gallery_add(g, pair, pair + n, caption, e);
    free(pair);
    return failed;
}

static int draw(struct picker *p, const char *path, const char *title, struct err *e)
{
    struct gallery_format format = picture_format(p);
    struct workspace *ws = workspace_new(p->loaded.model, 1, false, e);
    if (!ws)
        return -1;
    struct gallery *g = gallery_new(&format, title);
    int failed = 0;
    for (int i = 0; i < p->n_choices && !failed; i++) {
        gallery_section(g, p->choice[i].heading);
        for (int k = 0; k < p->choice[i].n && !failed; k++)
            failed = add_sample(p, g, ws, p->choice[i].rows[k], e);
    }
    if (!failed)
        failed = gallery_write(g, path, e);
    gallery_free(&g);
    workspace_free(&ws);
    return failed;
}

int top_show(const struct leaderboard_row *s, const struct top_options *o, struct err *e)
{
    struct picker p = {0};
    int failed = picker_init(&p, s, o->set, e);
    if (!failed && o->by_class)
        failed = choose_by_class(&p, o->count, e);
    else if (!failed) {
        choose(&p, o->count, true, 0, true, "most anomalous");
        choose(&p, o->count, true, 0, false, "least anomalous");
    }
    if (!failed) {
        printf("\nSamples of trial %.8s:\n", s->id);
        print_choices(&p);
        char *title = mem_format("%s, trial %.8s, set %s", s->experiment, s->id, p.d->name);
        failed = o->picture ? draw(&p, o->picture, title, e) : 0;
        free(title);
    }
    picker_free(&p);
    return failed;
}

// --- what the threshold says
static int read_confusion(struct store_file *f, const char *group, struct confusion *c)
{
    int failed = store_get_int(f, group, "true_positives", &c->true_positives, NULL);
    failed |= store_get_int(f, group, "false_positives", &c->false_positives, NULL);
    failed |= store_get_int(f, group, "true_negatives", &c->true_negatives, NULL);
    return failed | store_get_int(f, group, "false_negatives", &c->false_negatives, NULL);
}

static void print_confusion(const char *set, double threshold, const struct confusion *c)
{
    struct classification k = confusion_classification(c);
    log_line(LOG_QUIET, "\nset %s, samples with an error above %.5g called anomalous:", set, threshold);

    struct table *t = table_confusion(c);
    table_print(t, 2, stdout);
    table_free(&t);

    t = table_classification(&k);
    printf("\n");
    table_print(t, 2, stdout);
    table_free(&t);
}

// The mean error of the rows that are not known to be anomalies, from the file; NaN if there are none. Errors are
// those of arrays that cannot be read.
static double mean_of_normal(struct store_file *f, const char *group, struct err *e)
{
    struct err absent = {0};
    struct store_shape shape;
    char *error_path = mem_format("%s/" SCORES_ERROR, group), *mark_path = mem_format("%s/" SCORES_IS_ANOMALY, group);
    int64_t n = store_get_shape(f, error_path, &shape, &absent) == 0 ? shape.dims[0] : 0, counted = 0;
    float *error = mem_array((size_t)n, sizeof *error, "errors", e);
    int8_t *mark = mem_array((size_t)n, sizeof *mark, "anomalies", e);
    double sum = 0;
    bool is_read = error && mark;

    if (is_read && n)
        is_read = store_read(f, error_path, STORE_F32, store_entries(0, n), error, e) == 0;
    if (is_read && n && store_has(f, mark_path))
        is_read = store_read(f, mark_path, STORE_I8, store_entries(0, n), mark, e) == 0;
    for (int64_t i = 0; is_read && i < n; i++)
        if (!mark[i] && !isnan(error[i])) {
            sum += (double)error[i];
            counted++;
        }
    free(error_path);
    free(mark_path);
    free(error);
    free(mark);

    return counted ? sum / (double)counted : NAN;
}

// What the reader should know of a set besides its metrics.
static void print_notes(struct store_file *f, const struct leaderboard_row *s, const struct set_results *set,
    const char *group, struct err *e)
{
    enum { FAR = 10 };
    char *training = mem_format("%s%s" TRIAL_TRAINING_ERRORS, s->group, *s->group ? "/" : "");
    char *failure = store_get_text(f, group, SCORES_FAILURE);
    double of_training, normal = mean_of_normal(f, group, e);
    int64_t unscored;

    if (failure)
        log_print("\nset %s: metrics are missing: %s\n", set->name, failure);
    if (store_get_int(f, group, SCORES_UNSCORED, &unscored, NULL) == 0)
        log_print("\nset %s: %lld samples have no error: their values are missing or infinite\n", set->name,
            (long long)unscored);
    if (store_has(f, training) && store_get_real(f, training, SCORES_MEAN_ERROR, &of_training, NULL) == 0 &&
        of_training > 0 && normal > FAR * of_training)
        log_print(
            "\nset %s: the mean error of its %ssamples, %.5g, is %.3g times that of the training rows: the test set "
            "looks different from the training set\n",
            set->name, set->has_labels ? "normal " : "", normal, normal / of_training);
    free(failure);
    free(training);
}

int top_report(const struct leaderboard_row *s, struct err *e)
{
    struct store_file *f = trial_open(s, e);
    if (!f)
        return -1;

    for (int i = 0; i < s->n_sets; i++) {
        const struct set_results *set = &s->set[i];
        struct confusion c;
        double auc;
        char *group = mem_format("%s%s" TRIAL_SCORES "/%s", s->group, *s->group ? "/" : "", set->name);
        bool has_labels = store_get_real(f, group, SCORES_ROC_AUC, &auc, NULL) == 0;
        if (has_labels && isnan(set->threshold))
            log_line(LOG_QUIET, "\nset %s: no threshold is known, so no sample is called anomalous", set->name);
        else if (has_labels && read_confusion(f, group, &c) == 0)
            print_confusion(set->name, set->threshold, &c);
        print_notes(f, s, set, group, e);
        free(group);
    }
    store_close(&f);

    return e->count ? -1 : 0;
}
