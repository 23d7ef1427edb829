// Reads a trained model part by part: spec, architecture, weights, scaling and threshold.
#include "trial/model_load.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/columns.h"
#include "data/data_scaling.h"
#include "data/label_names.h"
#include "data/picture_scaling.h"
#include "nn/nn.h"
#include "store/schema.h"
#include "store/store.h"
#include "trial/model_open.h"
#include "trial/model_save.h"
#include "trial/reference_file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- weights

static int read_block(struct store_file *f, const char *group, const struct block *b, real *w, struct err *e)
{
    char path[400];
    struct store_shape shape;
    snprintf(path, sizeof path, "%s/%s", group, b->name);
    if (store_get_shape(f, path, &shape, e) != 0)
        return -1;
    bool fits = shape.rank == b->rank;
    for (int i = 0; i < b->rank && fits; i++)
        fits = shape.dims[i] == b->dims[i];
    if (!fits)
        return err_add(
            e, ERR_DATA, "%s: %s: its shape is not the one that the architecture gives", store_path(f), path);
    return store_read(
        f, path, sizeof(real) == sizeof(float) ? STORE_F32 : STORE_F64, store_entries(0, b->dims[0]), w + b->offset, e);
}

int weights_read(struct store_file *f, const char *prefix, const struct model *m, real *w, struct err *e)
{
    char layer[64], group[200];
    int failed = 0;
    for (int i = 0; i < m->n_layers && !failed; i++) {
        model_layer_group(m, i, layer);
        snprintf(group, sizeof group, "%s%s", prefix, layer);
        for (int k = 0; k < m->layers[i].n_blocks && !failed; k++)
            failed = read_block(f, group, &m->layers[i].blocks[k], w, e);
    }
    return failed;
}

// --- the parts of a model

static void model_names_free(char **texts, int64_t n)
{
    for (int64_t i = 0; texts && i < n; i++)
        free(texts[i]);
    free(texts);
}

struct model_place {
    struct store_file *f;
    const char *prefix;
    char path[400];
};

// Returns the path of an object of the trial; "" is the trial itself. The next call overwrites the path.
static const char *model_path(struct model_place *p, const char *object)
{
    size_t n = strlen(p->prefix);

    ASSERT(!n || p->prefix[n - 1] == '/', "prefix %s does not end in a slash", p->prefix);
    snprintf(p->path, sizeof p->path, "%.*s%s", (int)(n && !*object ? n - 1 : n), p->prefix, object);
    return p->path;
}

// Reads a shape such as "(28, 28)". Returns false if the text is not a shape.
static bool parse_shape(const char *text, struct shape *s)
{
    *s = (struct shape){0};
    if (!text || *text++ != '(')
        return false;
    for (char *end; s->rank < SHAPE_MAX_RANK; text = end + 1) {
        long n = strtol(text, &end, 10);
        if (end == text || n < 1 || n > 1 << 30)
            return false;
        s->dims[s->rank++] = (int)n;
        if (*end != ',')
            return *end == ')';
    }
    return false;
}

static int read_trial_spec(struct model_place *p, struct trained_model *out, struct err *e)
{
    const char *trial = model_path(p, "");
    char *spec = store_get_text(p->f, trial, TRIAL_SPEC), *status = store_get_text(p->f, trial, TRIAL_STATUS);
    int failed = 0;

    out->id = store_get_text(p->f, trial, TRIAL_ID);
    out->experiment = store_get_text(p->f, trial, TRIAL_EXPERIMENT);
    if (!spec || !out->id || !out->experiment)
        failed = err_add(e, ERR_DATA, "%s: holds no spec: not a whole trial", store_path(p->f));
    else if (status && strcmp(status, TRIAL_DIVERGED) == 0)
        failed = err_add(
            e, ERR_DATA, "%s: the training of trial %s diverged: its model is of no use", store_path(p->f), out->id);
    else
        failed = trial_parse_stored(store_path(p->f), spec, &out->trial, e);

    free(spec);
    free(status);
    return failed;
}

static int read_architecture(struct model_place *p, struct trained_model *out, struct err *e)
{
    char *text = store_get_text(p->f, model_path(p, TRIAL_MODEL), MODEL_INPUT_SHAPE);
    struct shape shape;
    bool is_good = parse_shape(text, &shape);
    free(text);
    if (!is_good)
        return err_add(e, ERR_DATA, "%s: no attribute `" MODEL_INPUT_SHAPE "` of the model", store_path(p->f));
    out->model = trial_model(&out->trial, &shape, e);
    if (!out->model || !(out->w = mem_array(out->model->parameters, sizeof *out->w, "weights", e)))
        return -1;
    return weights_read(p->f, p->prefix, out->model, out->w, e);
}

// Returns the number of data columns of the model's input. A window has each column once per time step.
static int data_columns(const struct trained_model *m)
{
    const struct shape *in = &m->model->input;
    return m->trial.data.window.length ? in->dims[in->rank - 1] : shape_size(in);
}

// Reads an array with one value per column into new memory. Returns NULL if it does not exist, or NULL and an error if
// it cannot be read.
static double *read_scaling_column(struct model_place *p, const char *name, int n, struct err *e)
{
    struct store_shape shape;
    if (!store_has(p->f, model_path(p, name)))
        return NULL;
    if (store_get_shape(p->f, p->path, &shape, e) != 0)
        return NULL;
    if (shape.rank != 1 || shape.dims[0] != n) {
        err_add(e, ERR_DATA, "%s: %s: found %lld values, allowed: %d, one a column", store_path(p->f), p->path,
            (long long)shape.dims[0], n);
        return NULL;
    }
    double *v = mem_new((size_t)n, sizeof *v);
    store_read(p->f, p->path, STORE_F64, store_entries(0, n), v, e);
    return v;
}

static void read_scaling_log(struct model_place *p, struct scaling *s, struct err *e)
{
    double *v = read_scaling_column(p, MODEL_SCALING "/" SCALING_LOG, s->columns, e);

    s->takes_log = v ? mem_new((size_t)s->columns, sizeof *s->takes_log) : NULL;
    for (int c = 0; v && c < s->columns; c++) {
        if (v[c] != 0 && v[c] != 1)
            err_add(e, ERR_DATA, "%s: %s: found %g, allowed: 0 or 1", store_path(p->f), MODEL_SCALING "/" SCALING_LOG,
                v[c]);
        s->takes_log[c] = v[c] != 0;
    }
    free(v);
}

// Reads an array (groups, columns) of the scaling. Returns NULL and an error if it is missing or has another shape.
static double *read_group_array(struct model_place *p, const char *name, const struct scaling *s, struct err *e)
{
    struct store_shape shape;
    int64_t n = (int64_t)s->n_groups * s->columns;

    if (store_get_shape(p->f, model_path(p, name), &shape, e) != 0)
        return NULL;
    if (shape.rank != 2 || shape.dims[0] != s->n_groups || shape.dims[1] != s->columns) {
        err_add(
            e, ERR_DATA, "%s: %s: allowed: %d groups of %d values", store_path(p->f), p->path, s->n_groups, s->columns);
        return NULL;
    }
    double *v = mem_new((size_t)n, sizeof *v);
    store_read(p->f, p->path, STORE_F64, store_entries(0, s->n_groups), v, e);
    return v;
}

static void read_scaling_groups(struct model_place *p, struct scaling *s, struct err *e)
{
    struct store_shape shape;

    if (!store_has(p->f, model_path(p, MODEL_SCALING "/" SCALING_GROUP)))
        return;
    if (store_get_shape(p->f, p->path, &shape, e) != 0)
        return;
    if (shape.type != STORE_TEXT || shape.rank != 1 || shape.dims[0] < 1 || shape.dims[0] > INT32_MAX) {
        err_add(e, ERR_DATA, "%s: %s: allowed: the names of groups", store_path(p->f), p->path);
        return;
    }

    s->n_groups = (int)shape.dims[0];
    s->group_name = mem_new((size_t)s->n_groups, sizeof *s->group_name);
    store_read(p->f, p->path, STORE_TEXT, store_entries(0, s->n_groups), s->group_name, e);
    s->group_shift = read_group_array(p, MODEL_SCALING "/" SCALING_GROUP_SHIFT, s, e);
    s->group_factor = read_group_array(p, MODEL_SCALING "/" SCALING_GROUP_FACTOR, s, e);
}

// Reads the steps that see a whole picture.
static void read_picture_scaling(struct model_place *p, struct trained_model *m, struct err *e)
{
    const struct shape *in = &m->model->input;
    struct scaling *s = &m->scaling;
    int64_t normalizes = 0;
    double smooth = 0;

    if (!store_has(p->f, model_path(p, MODEL_SCALING)))
        return;
    store_get_real(p->f, p->path, SCALING_SMOOTH, &smooth, NULL);
    store_get_int(p->f, p->path, SCALING_NORMALIZES, &normalizes, NULL);
    if (!(smooth > 0) && !normalizes)
        return;

    bool is_picture = in->rank >= 2 && in->dims[0] <= SMOOTH_SIDE_MAX && in->dims[1] <= SMOOTH_SIDE_MAX;
    if (!is_picture || m->trial.data.window.length || !(smooth >= 0 && smooth <= SMOOTH_MAX)) {
        err_add(e, ERR_DATA, "%s: %s: found %s %g and %s %lld, allowed: 0 to %d, and only for pictures",
            store_path(p->f), p->path, SCALING_SMOOTH, smooth, SCALING_NORMALIZES, (long long)normalizes, SMOOTH_MAX);
        return;
    }
    s->smooth = smooth;
    s->normalizes = normalizes != 0;
    s->height = in->dims[0];
    s->width = in->dims[1];
    s->channels = in->rank == 3 ? in->dims[2] : 1;
}

static int read_scaling(struct model_place *p, struct trained_model *out, struct err *e)
{
    struct scaling *s = &out->scaling;
    int64_t bytes_only = 0;

    s->columns = data_columns(out);
    s->shift = read_scaling_column(p, MODEL_SCALING "/" SCALING_SHIFT, s->columns, e);
    s->factor = read_scaling_column(p, MODEL_SCALING "/" SCALING_FACTOR, s->columns, e);
    s->fill = read_scaling_column(p, MODEL_SCALING "/" SCALING_FILL, s->columns, e);
    s->low = read_scaling_column(p, MODEL_SCALING "/" SCALING_LOW, s->columns, e);
    s->high = read_scaling_column(p, MODEL_SCALING "/" SCALING_HIGH, s->columns, e);
    read_scaling_log(p, s, e);
    read_scaling_groups(p, s, e);
    read_picture_scaling(p, out, e);

    if (store_has(p->f, model_path(p, MODEL_SCALING)))
        store_get_int(p->f, p->path, SCALING_BYTES_ONLY, &bytes_only, NULL);
    s->bytes_only = bytes_only != 0;
    s->ignores_missing = out->model->ignores_missing;

    if (!s->shift != !s->factor)
        err_add(e, ERR_DATA, "%s: %s: shift and factor belong together", store_path(p->f), MODEL_SCALING);
    if (!s->low != !s->high || (!s->factor && !scaling_is_affine(s)))
        err_add(e, ERR_DATA, "%s: %s: low, high, log1p and groups belong together with shift and factor",
            store_path(p->f), MODEL_SCALING);
    return e->count ? -1 : 0;
}

static int read_features(struct model_place *p, struct trained_model *out, struct err *e)
{
    struct store_shape shape;
    int n = data_columns(out);
    if (!store_has(p->f, model_path(p, TRIAL_MODEL "/" DATASET_FEATURE)))
        return 0;
    if (store_get_shape(p->f, p->path, &shape, e) != 0)
        return -1;
    if (shape.type != STORE_TEXT || shape.rank != 1 || shape.dims[0] != n)
        return err_add(e, ERR_DATA, "%s: %s: allowed: %d names", store_path(p->f), p->path, n);
    out->features = mem_new((size_t)n, sizeof *out->features);
    return store_read(p->f, p->path, STORE_TEXT, store_entries(0, n), out->features, e);
}

static int read_columns(struct model_place *p, struct trained_model *out, struct err *e)
{
    return columns_read(p->f, model_path(p, TRIAL_COLUMNS), data_columns(out), &out->columns, e);
}

static void read_label_names(struct model_place *p, struct trained_model *out)
{
    char *lines = store_get_text(p->f, model_path(p, TRIAL_MODEL), DATASET_LABEL_NAMES);

    label_names_split(lines, &out->label_names, &out->n_label_names);
    free(lines);
}

// Returns the threshold of a test set, or of its time steps. Returns NaN if it has none.
static double read_set_threshold(const struct model_place *p, const char *set, const char *part)
{
    double threshold = NAN;
    char *group = mem_format("%s" TRIAL_SCORES "/%s%s", p->prefix, set, part);

    if (!store_has(p->f, group) || store_get_real(p->f, group, SCORES_THRESHOLD, &threshold, NULL) != 0)
        threshold = NAN;
    free(group);
    return threshold;
}

static void read_threshold(struct model_place *p, struct trained_model *out)
{
    char **sets = NULL;
    int n = 0;
    struct err ignored = {0};
    double of_training = NAN;

    double of_steps = NAN;

    out->threshold = NAN;
    out->step_threshold = NAN;
    out->training_mean = NAN;
    if (store_has(p->f, model_path(p, TRIAL_TRAINING_ERRORS))) {
        store_get_real(p->f, p->path, SCORES_THRESHOLD, &of_training, NULL);
        store_get_real(p->f, p->path, SCORES_MEAN_ERROR, &out->training_mean, NULL);
        store_get_real(p->f, p->path, TRAINING_ERRORS_STEP_THRESHOLD, &of_steps, NULL);
    }

    if (!store_has(p->f, model_path(p, TRIAL_SCORES)) || store_list(p->f, p->path, &sets, &n, &ignored) != 0)
        n = 0;
    for (int i = 0; i < n && isnan(out->threshold); i++)
        out->threshold = read_set_threshold(p, sets[i], "");
    for (int i = 0; i < n && isnan(out->step_threshold); i++)
        out->step_threshold = read_set_threshold(p, sets[i], "/" SCORES_STEPS);

    model_names_free(sets, n);
    if (isnan(out->threshold))
        out->threshold = of_training;
    if (isnan(out->step_threshold))
        out->step_threshold = of_steps;
}

int model_load(const char *name, struct trained_model *out, struct err *e)
{
    char *prefix;
    struct store_file *f = model_open(name, &prefix, e);

    *out = (struct trained_model){.threshold = NAN};
    if (prefix) {
        struct model_place p = {.f = f, .prefix = prefix};
        if (read_trial_spec(&p, out, e) == 0 && read_architecture(&p, out, e) == 0 && read_scaling(&p, out, e) == 0 &&
            read_features(&p, out, e) == 0 && read_columns(&p, out, e) == 0) {
            read_label_names(&p, out);
            read_threshold(&p, out);
            reference_read(f, model_path(&p, TRIAL_REFERENCE), &out->reference, e);
            reference_read(f, model_path(&p, TRIAL_REFERENCE "/" SCORES_STEPS), &out->step_reference, e);
        }
    }

    store_close(&f);
    free(prefix);
    if (e->count)
        model_unload(out);
    return e->count ? -1 : 0;
}

void model_unload(struct trained_model *t)
{
    if (t->features)
        model_names_free(t->features, t->scaling.columns);
    model_names_free(t->label_names, t->n_label_names);
    columns_free(&t->columns);
    model_free(&t->model);
    free(t->w);
    scaling_free(&t->scaling);
    reference_free(&t->reference);
    reference_free(&t->step_reference);
    trial_free(&t->trial);
    free(t->id);
    free(t->experiment);
    *t = (struct trained_model){0};
}
