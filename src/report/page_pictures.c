// Adds the listed samples of the best trial to its report, each next to its reconstruction. Trials do not store their
// inputs, so the trial is loaded with its data, as for the gallery.
#include "report/page_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/gather.h"
#include "metrics/metrics.h"
#include "nn/nn.h"
#include "report/gallery.h"
#include "report/top_explain.h"
#include "trial/trial_load.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { IMAGE_SIDE_MAX = 64, CURVE_POINTS_MAX = 300, LEVELS = 255 };

// A test set while its samples are added.
struct pictured_set {
    const struct model *model;
    const real *w;
    struct workspace *ws;
    const struct dataset *d;
    int32_t *sample; // (n), owned: the listed samples, each once
    int n;
    float *input, *output; // (n, d->columns), owned
    double low, high;      // range of the inputs
};

static bool is_listed(const struct pictured_set *s, int32_t sample)
{
    for (int i = 0; i < s->n; i++)
        if (s->sample[i] == sample)
            return true;
    return false;
}

// Lists the samples that page_add_scores lists.
static int list_samples(struct pictured_set *s, const struct leaderboard_row *trial, int most, struct err *e)
{
    int64_t n;
    float *error = trial_errors(trial, s->d->name, &n, e);
    if (!error)
        return -1;

    struct ranking *r = NULL;
    if (n == s->d->rows)
        r = ranking_new(error, s->d->is_anomaly, n, e);
    else
        err_add(e, ERR_DATA, "test set %s now has other rows", s->d->name);
    int32_t *found = mem_new((size_t)most, sizeof *found);
    s->sample = mem_new((size_t)most * PAGE_LISTS, sizeof *s->sample);
    for (int k = 0; r && k < PAGE_LISTS; k++) {
        int listed = page_list_fill(&page_lists[k], r, s->d->is_anomaly, most, found);
        for (int i = 0; i < listed; i++)
            if (!is_listed(s, found[i]))
                s->sample[s->n++] = found[i];
    }

    free(found);
    free(error);
    ranking_free(&r);
    return s->sample && !e->count ? 0 : -1;
}

static void reconstruct_samples(struct pictured_set *s)
{
    const size_t columns = (size_t)s->d->columns;
    s->input = mem_new((size_t)s->n * columns, sizeof *s->input);
    s->output = mem_new((size_t)s->n * columns, sizeof *s->output);
    s->low = INFINITY;
    s->high = -INFINITY;

    for (int i = 0; i < s->n; i++) {
        dataset_gather(s->d, &s->sample[i], 1, s->ws->x);
        model_forward(s->model, s->w, s->ws, 1, s->ws->x);
        const real *y = model_reconstruct(s->model, s->ws, 1);
        for (size_t k = 0; k < columns; k++) {
            const double v = (double)s->ws->x[k];
            s->input[(size_t)i * columns + k] = (float)v;
            s->output[(size_t)i * columns + k] = (float)y[k];
            s->low = v < s->low ? v : s->low;
            s->high = v > s->high ? v : s->high;
        }
    }
}

// Returns true if the values of a sample are named features without an order, and no curve. Series and spectra can have
// named columns, too, but they have more of them.
static bool is_table_of_features(const struct dataset *d)
{
    enum { COLUMNS_MAX = 64 };
    const bool has_columns = d->table_columns && d->table_columns->n > 0;
    const int columns = has_columns ? d->table_columns->n : d->n_features;

    return d->shape_rank == 1 && d->features && columns <= COLUMNS_MAX;
}

// Adds values as integers from 0 to LEVELS; of an image, only every `stride`th row and column.
static void add_levels(struct json *j, const char *key, const float *v, const struct pictured_set *s,
    const struct gallery_format *g, int stride)
{
    const int height = g->height ? g->height : 1;
    const int channels = g->height ? g->channels : 1;
    const double range = s->high > s->low ? s->high - s->low : 1;

    json_open(j, key, '[');
    for (int y = 0; y < height; y += stride)
        for (int x = 0; x < g->width; x += stride)
            for (int c = 0; c < channels; c++) {
                double level = ((double)v[(y * g->width + x) * channels + c] - s->low) / range * LEVELS;
                json_number(j, NULL, isnan(level) ? level : round(fmin(fmax(level, -LEVELS), 2 * LEVELS)));
            }
    json_close(j, ']');
}

static void add_pictured_samples(struct json *j, const struct pictured_set *s, const struct leaderboard_row *trial)
{
    const struct gallery_format g = gallery_format_of(s->d->shape_rank, s->d->shape);
    const int side = g.height > g.width ? g.height : g.width;
    const int most = g.height ? IMAGE_SIDE_MAX : CURVE_POINTS_MAX;
    const int stride = (side + most - 1) / most;
    struct top_explainer *explainer = top_explainer_new(trial, s->d);

    json_number(j, "height", (g.height + stride - 1) / stride);
    json_number(j, "width", (g.width + stride - 1) / stride);
    json_number(j, "channels", g.height ? g.channels : 1);
    json_bool(j, "is_table", is_table_of_features(s->d));
    json_number(j, "low", s->low);
    json_number(j, "high", s->high);
    json_open(j, "samples", '{');
    for (int i = 0; i < s->n; i++) {
        char key[16];
        struct text why = {0};
        if (explainer)
            top_explain_row(explainer, s->d, s->sample[i], &why);
        snprintf(key, sizeof key, "%d", s->sample[i]);
        json_open(j, key, '{');
        json_text(j, "why", why.data);
        if (s->input) {
            add_levels(j, "input", s->input + (size_t)i * (size_t)s->d->columns, s, &g, stride);
            add_levels(j, "output", s->output + (size_t)i * (size_t)s->d->columns, s, &g, stride);
        }
        json_close(j, '}');
        text_free(&why);
    }
    json_close(j, '}');
    top_explainer_free(&explainer);
}

static void add_pictured_set(struct json *j, const struct loaded_trial *loaded, const struct dataset *d,
    const struct leaderboard_row *trial, int most, struct err *e)
{
    struct pictured_set s = {.model = loaded->model, .w = loaded->w, .d = d};

    json_open(j, d->name, '{');
    if (list_samples(&s, trial, most, e) == 0) {
        s.ws = model_reconstructs(s.model) ? workspace_new(s.model, 1, false, e) : NULL;
        if (s.ws)
            reconstruct_samples(&s);
        add_pictured_samples(j, &s, trial);
        workspace_free(&s.ws);
    }
    json_close(j, '}');
    free(s.sample);
    free(s.input);
    free(s.output);
}

void page_add_pictures(struct json *j, const struct leaderboard_row *trial, int most)
{
    struct loaded_trial loaded;
    struct err e = {0};

    json_open(j, "pictures", '{');
    json_open(j, "sets", '{');
    if (trial && trial_load(trial, &loaded, &e) == 0) {
        for (int i = 0; i < loaded.sets.n_test; i++)
            add_pictured_set(j, &loaded, &loaded.sets.test[i], trial, most, &e);
        trial_unload(&loaded);
    }
    json_close(j, '}');
    json_text(j, "missing", e.count ? e.text : NULL);
    json_close(j, '}');
}
