// Cuts rows into windows. A window is a pointer to its first time step. The steps of a run are neighbours in memory,
// both in a mapped table and among converted rows, so a window can be read like one row of length x features values.
#include "data/dataset_window.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/coordinates.h"
#include "data/data_config.h"
#include "data/data_table.h"
#include "data/dataset_stream.h"
#include "data/window.h"
#include "store/schema.h"
#include <limits.h>
#include <stdlib.h>

void dataset_steps_free(struct dataset *d)
{
    struct dataset_steps *s = d->steps;

    if (!s)
        return;
    windows_free(&s->windows);
    coordinates_free(&s->coordinates, s->n);
    free(s->is_unscored);
    free(s->is_anomaly);
    free(s->label);
    free(s->index);
    free(s->source);
    free(s);
    d->steps = NULL;
}

// --- windows of a selection

static struct window_step step_of(const struct data_selection *s, int64_t i)
{
    struct window_step step = window_step_of(&s->tables[s->source[i]]->coordinates, s->index[i], s->index[i]);

    step.source = s->source[i];
    return step;
}

static void count_windows(const struct window_config *c, const struct data_selection *s, struct series_windows *out)
{
    struct window_step last = {0};

    windows_begin(out, c);
    for (int64_t i = 0; i < s->rows; i++) {
        struct window_step step = step_of(s, i);
        windows_add_step(out, c, i > 0 ? &last : NULL, &step);
        last = step;
    }
    windows_end(out);
}

static int64_t count_row_groups(const struct data_selection *s)
{
    int64_t groups = 0;

    for (int i = 0; i < s->part->n; i++)
        groups += s->tables[i]->coordinates.n_group_names;
    return groups;
}

static int refuse_selection(
    const struct node *at, const char *name, const struct data_selection *s, struct series_windows *w, struct err *e)
{
    if (windows_are_interleaved(w, count_row_groups(s)))
        return data_error(at, e,
            "found no window of %lld time steps in %s: the rows of its groups alternate (the group changes %lld times in "
            "%lld rows), and no window crosses from one group to another; hint: sort the rows by group before the import",
            (long long)w->length, name, (long long)w->group_changes, (long long)s->rows);
    return data_error(at, e,
        "found no window of %lld time steps in %s: the longest part of its %lld time step%s without a gap has "
        "%lld; hint: data.window: a smaller length or a larger max_gap",
        (long long)w->length, name, (long long)s->rows, text_plural(s->rows), (long long)w->longest_run);
}

int dataset_find_windows(const struct window_config *c, const char *name, const struct data_selection *s,
    struct series_windows *out, struct err *e)
{
    const struct node *at = s->part->source[0].at;
    int columns = s->tables[0]->columns;

    if (c->length > INT_MAX / columns)
        return data_error(at, e, "windows of %lld time steps of %d columns are too large, allowed: %d values in all",
            (long long)c->length, columns, INT_MAX);
    count_windows(c, s, out);
    if (out->count > INT32_MAX)
        data_error(
            at, e, "found %lld windows, allowed: up to %d; hint: data.window.step", (long long)out->count, INT32_MAX);
    else if (out->count == 0)
        refuse_selection(at, name, s, out, e);
    else
        return 0;

    windows_free(out);
    return -1;
}

void dataset_note_short_runs(const struct dataset *d, struct err *warnings)
{
    const struct series_windows *w = d->steps ? &d->steps->windows : NULL;

    if (w && w->short_runs)
        err_add(warnings, ERR_DATA,
            "%s: %lld of %lld time steps are in no window: %lld unbroken part%s of the series %s shorter than %lld "
            "steps",
            d->name, (long long)w->short_steps, (long long)w->steps, (long long)w->short_runs,
            text_plural(w->short_runs), w->short_runs == 1 ? "is" : "are", (long long)w->length);
}

// --- the length of a window

// Finds the longest run of the selection. Sets *first to its first step. Returns its number of steps.
static int64_t find_longest_run(const struct window_config *c, const struct data_selection *s, int64_t *first)
{
    struct window_step last = {0};
    int64_t longest = 0;

    for (int64_t i = 0, begin = 0; i < s->rows; i++) {
        struct window_step step = step_of(s, i);
        if (i > 0 && !window_continues(c, &last, &step))
            begin = i;
        if (i + 1 - begin > longest) {
            longest = i + 1 - begin;
            *first = begin;
        }
        last = step;
    }
    return longest;
}

static int find_period(const struct data_selection *s, struct window_config *c, struct err *e)
{
    int columns = s->tables[0]->columns;
    int64_t first = 0, steps = find_longest_run(c, s, &first);

    steps = steps < WINDOW_POINTS ? steps : WINDOW_POINTS;
    double *x = mem_array((size_t)steps * (size_t)columns, sizeof *x, "data.window", e);
    if (!x)
        return -1;
    for (int64_t i = 0; i < steps; i++)
        data_table_row(s->tables[s->source[first + i]], s->index[first + i], x + i * columns);
    c->length = window_period(x, steps, columns);
    free(x);
    return 0;
}

int dataset_window_length(
    const struct data_config *cfg, const struct data_selection *train, struct window_config *out, struct err *e)
{
    const struct data_table *t = train->tables[0];

    *out = cfg->window;
    if (!cfg->window.length)
        return 0;
    if (t->shape_rank != 1)
        return data_error(cfg->window_node, e,
            "found rows of %d dimensions in %s, allowed: rows of columns, which are "
            "time steps",
            t->shape_rank, t->name);
    if (cfg->window.max_gap != WINDOW_ANY_GAP && !t->coordinates.time)
        return data_error(cfg->window_node, e,
            "found max_gap, but %s has no times; hint: import it with --time COLUMN, or leave out max_gap", t->name);
    return out->length == WINDOW_AUTO ? find_period(train, out, e) : 0;
}

// --- cutting

// Sets the row of every window to its first step. The other steps follow in memory.
static void place_windows(struct dataset *d, const struct series_windows *w, const void **row)
{
    for (int64_t i = 0, run; i < w->count; i += run) {
        int64_t first = windows_first_step(w, i);
        size_t bytes = dataset_row_bytes(d, d->source[first]);
        run = windows_in_run(w, i, w->count);
        for (int64_t k = 0; k < run; k++)
            row[i + k] = d->row[first + k * w->step];
        int64_t last = first + (run - 1) * w->step + w->length - 1;
        ASSERT((const char *)d->row[last] - (const char *)d->row[first] == (last - first) * (int64_t)bytes,
            "the steps %lld to %lld of %s are apart", (long long)first, (long long)last, d->name);
    }
}

// Repeats the shifts or factors of the columns for every step of a window. Returns NULL without an error if there are
// none.
static float *repeat_columns(const float *of_step, int columns, int64_t length, const char *name, struct err *e)
{
    float *all = of_step ? mem_array((size_t)columns * (size_t)length, sizeof *all, name, e) : NULL;

    for (int64_t i = 0; all && i < length * columns; i++)
        all[i] = of_step[i % columns];
    return all;
}

// Sets the marks of window i, whose first step is `first`. One step decides its label and whether it is an anomaly. The
// window is not scored if the model cannot take one of its steps.
static void mark_window(struct dataset *d, int64_t i, int64_t first, int label)
{
    const struct dataset_steps *s = d->steps;
    int64_t length = s->windows.length;
    int64_t step = first + window_deciding_step(label, length, s->is_anomaly ? s->is_anomaly + first : NULL);

    d->index[i] = s->index[first];
    d->source[i] = s->source[first];
    if (d->label)
        d->label[i] = s->label[step];
    if (d->is_anomaly)
        d->is_anomaly[i] = s->is_anomaly[step];
    for (int64_t k = 0; d->is_unscored && k < length; k++)
        d->is_unscored[i] |= s->is_unscored[first + k];
}

// Fills the arrays of the windows from the arrays of the steps.
static int mark_windows(struct dataset *d, int label, struct err *e)
{
    int64_t *first = mem_array((size_t)d->rows, sizeof *first, d->name, e);
    if (!first)
        return -1;

    for (int64_t i = 0; i < d->rows; i++) {
        first[i] = windows_first_step(&d->steps->windows, i);
        mark_window(d, i, first[i], label);
    }
    int result = coordinates_pick(&d->steps->coordinates, first, d->rows, &d->coordinates, e);
    free(first);
    return result;
}

// Moves the arrays of the rows to d->steps and allocates those of the windows. `row`, `shift` and `factor` stay.
static int make_window_arrays(struct dataset *d, struct series_windows *w, struct err *e)
{
    struct dataset_steps *s = d->steps = mem_new(1, sizeof *s);
    size_t n = (size_t)w->count;

    *s = (struct dataset_steps){
        *w, d->rows, d->is_unscored, d->is_anomaly, d->label, d->index, d->source, d->coordinates};
    *w = (struct series_windows){0};
    s->coordinates.dimension = STEPS_STEP;
    d->coordinates = (struct coordinates){0};
    d->rows = (int64_t)n;
    d->index = mem_array(n, sizeof *d->index, d->name, e);
    d->source = mem_array(n, sizeof *d->source, d->name, e);
    d->label = s->label ? mem_array(n, sizeof *d->label, d->name, e) : NULL;
    d->is_anomaly = s->is_anomaly ? mem_array(n, sizeof *d->is_anomaly, d->name, e) : NULL;
    d->is_unscored = s->is_unscored ? mem_new(n, sizeof *d->is_unscored) : NULL;
    return d->index && d->source && !d->label == !s->label && !d->is_anomaly == !s->is_anomaly ? 0 : -1;
}

int dataset_cut_windows(struct dataset *d, struct series_windows *w, int label, struct err *e)
{
    int64_t length = w->length;
    ASSERT(d->rows == w->steps && d->shape_rank == 1 && !d->steps, "%lld rows", (long long)d->rows);

    const void **row = mem_array((size_t)w->count, sizeof *row, d->name, e);
    if (!row)
        return -1;
    place_windows(d, w, row);
    free(d->row);
    d->row = row;
    if (make_window_arrays(d, w, e) != 0 || mark_windows(d, label, e) != 0)
        return -1;

    float *shift = repeat_columns(d->shift, d->columns, length, d->name, e);
    float *factor = repeat_columns(d->factor, d->columns, length, d->name, e);
    int result = !shift == !d->shift && !factor == !d->factor ? 0 : -1;
    free(d->shift);
    free(d->factor);
    d->shift = shift;
    d->factor = factor;

    d->columns *= (int)length;
    d->shape_rank = 2;
    d->shape[0] = (int)length;
    d->shape[1] = d->n_features;
    return result;
}
