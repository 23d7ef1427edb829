// Reads a trained model part by part: spec, architecture, weights, scaling and threshold. An ensemble is read member by
// member.
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

// Reads the trial at p->prefix. Failures are stored in `e`.
static void read_model(struct model_place *p, struct trained_model *out, struct err *e)
{
    if (read_trial_spec(p, out, e) != 0 || read_architecture(p, out, e) != 0 || read_scaling(p, out, e) != 0 ||
        read_features(p, out, e) != 0 || read_columns(p, out, e) != 0)
        return;

    read_label_names(p, out);
    read_threshold(p, out);
    reference_read(p->f, model_path(p, TRIAL_REFERENCE), &out->reference, e);
    reference_read(p->f, model_path(p, TRIAL_REFERENCE "/" SCORES_STEPS), &out->step_reference, e);
}

// --- ensembles

// Returns why two models do not take the same rows, in new memory, or NULL.
static char *rows_difference(const struct trained_model *a, const struct trained_model *b)
{
    const struct window_config *v = &a->trial.data.window, *w = &b->trial.data.window;
    const bool have_groups = a->scaling.n_groups && b->scaling.n_groups;

    if (a->model->input.rank != b->model->input.rank || data_columns(a) != data_columns(b) ||
        memcmp(a->model->input.dims, b->model->input.dims, (size_t)a->model->input.rank * sizeof *a->model->input.dims))
        return mem_text("rows of other shapes");
    if (v->length != w->length || v->step != w->step || v->max_gap != w->max_gap || v->label != w->label)
        return mem_text("other windows");
    for (int c = 0; a->features && b->features && c < data_columns(a); c++)
        if (strcmp(a->features[c], b->features[c]) != 0)
            return mem_format("'%s' and '%s' as column %d", a->features[c], b->features[c], c);
    for (int i = 0; have_groups && i < a->scaling.n_groups; i++)
        if (a->scaling.n_groups != b->scaling.n_groups ||
            strcmp(a->scaling.group_name[i], b->scaling.group_name[i]) != 0)
            return mem_text("scaling of other groups");
    return columns_difference(&a->columns, &b->columns);
}

static int check_members(const struct store_file *f, const struct trained_model *t, struct err *e)
{
    char *difference = NULL;
    int i = 0;

    while (!difference && ++i < t->ensemble->n)
        difference = rows_difference(&t->members[0], &t->members[i]);
    if (difference)
        err_add(e, ERR_DATA, "%s: members %.8s and %.8s do not take the same rows: found %s", store_path(f),
            t->members[0].id, t->members[i].id, difference);
    free(difference);
    return difference ? -1 : 0;
}

// Gives the reference of an ensemble the quantiles of features of its lead.
static void add_feature_quantiles(struct reference *r, const struct reference *lead)
{
    const size_t n = (size_t)lead->columns * (size_t)lead->levels, bytes = n * sizeof(double);
    const size_t table_bytes = (size_t)lead->table_columns * (size_t)lead->levels * sizeof(double);

    if (!n || r->columns || r->levels != lead->levels ||
        memcmp(r->level, lead->level, (size_t)r->levels * sizeof *r->level) != 0)
        return;
    r->columns = lead->columns;
    r->table_columns = lead->table_columns;
    r->value = memcpy(mem_new(n, sizeof *r->value), lead->value, bytes);
    r->feature_error = lead->feature_error ? memcpy(mem_new(n, sizeof(double)), lead->feature_error, bytes) : NULL;
    if (table_bytes)
        r->column_error = memcpy(mem_new(table_bytes, 1), lead->column_error, table_bytes);
}

// Lets an ensemble show the parts of its lead.
static void borrow_lead(struct trained_model *t)
{
    const struct ensemble *x = t->ensemble;
    struct trained_model own = *t;

    while (own.lead < x->n && !model_reconstructs(t->members[own.lead].model))
        own.lead++;
    own.lead = own.lead < x->n ? own.lead : 0;
    *t = t->members[own.lead];
    t->ensemble = own.ensemble;
    t->members = own.members;
    t->lead = own.lead;
    t->id = mem_text(MODEL_ENSEMBLE_ID);
    t->experiment = mem_text(x->experiment);
    t->threshold = x->threshold;
    t->step_threshold = x->step_threshold;
    t->training_mean = NAN;
    t->reference = own.reference;
    t->step_reference = own.step_reference;
    add_feature_quantiles(&t->reference, &t->members[own.lead].reference);
}

// Reads the ensemble of a file with all its members. Failures are stored in `e`.
static void read_ensemble_model(struct store_file *f, struct trained_model *out, struct err *e)
{
    struct ensemble x;

    if (ensemble_read(f, &x, e) != 0)
        return;
    out->ensemble = mem_new(1, sizeof *out->ensemble);
    *out->ensemble = x;
    out->members = mem_new((size_t)x.n, sizeof *out->members);
    for (int i = 0; i < x.n && !e->count; i++) {
        char *prefix = mem_format(RUN_TRIALS "/%s/", x.member[i].id);
        struct model_place p = {.f = f, .prefix = prefix};
        read_model(&p, &out->members[i], e);
        free(prefix);
    }

    if (!e->count && check_members(f, out, e) == 0 &&
        reference_read(f, RUN_ENSEMBLE "/" TRIAL_REFERENCE, &out->reference, e) == 0 &&
        reference_read(f, RUN_ENSEMBLE "/" TRIAL_REFERENCE "/" SCORES_STEPS, &out->step_reference, e) == 0)
        borrow_lead(out);
}

// --- the whole

int model_load(const char *name, struct trained_model *out, struct err *e)
{
    char *prefix;
    struct store_file *f = model_open(name, &prefix, e);
    struct model_place p = {.f = f, .prefix = prefix};

    *out = (struct trained_model){.threshold = NAN};
    if (prefix && !*prefix && ensemble_is_model(f))
        read_ensemble_model(f, out, e);
    else if (prefix)
        read_model(&p, out, e);

    store_close(&f);
    free(prefix);
    if (e->count)
        model_unload(out);
    return e->count ? -1 : 0;
}

// Frees the parts that an ensemble borrows from its lead.
static void free_model_parts(struct trained_model *t)
{
    if (t->features)
        model_names_free(t->features, t->scaling.columns);
    model_names_free(t->label_names, t->n_label_names);
    columns_free(&t->columns);
    model_free(&t->model);
    free(t->w);
    scaling_free(&t->scaling);
    trial_free(&t->trial);
}

void model_unload(struct trained_model *t)
{
    if (t->ensemble) {
        for (int i = 0; i < t->ensemble->n && t->members; i++)
            model_unload(&t->members[i]);
        free(t->members);
        ensemble_free(t->ensemble);
        free(t->ensemble);
    } else {
        free_model_parts(t);
    }
    reference_free(&t->reference);
    reference_free(&t->step_reference);
    free(t->id);
    free(t->experiment);
    *t = (struct trained_model){0};
}
