// Writes and reads a reference. Quantiles of features are (level, feature) in the file, but (feature, level) in memory.
#include "trial/reference_file.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/schema.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// --- writing

struct reference_writer {
    struct store_file *f;
    const struct reference_names *names;
    const struct reference *r;
};

// Writes an array of the group with the scales that `about` names.
static int put_reference(const struct reference_writer *w, const char *name, const struct store_shape *shape,
    const void *data, const struct store_about *about, struct err *e)
{
    char path[128];
    ASSERT(shape->dims[0] > 0, "%s is empty", name);
    snprintf(path, sizeof path, "%s/%s", w->names->group, name);
    return store_write(w->f, path, shape, data, about, e);
}

static int put_quantiles(
    const struct reference_writer *w, const char *name, const double *v, const char *what, struct err *e)
{
    struct store_shape shape = {STORE_F64, 1, {w->r->levels}};
    struct store_about about = {what, "1", {REFERENCE_LEVEL}};
    return v ? put_reference(w, name, &shape, v, &about, e) : 0;
}

// The quantiles of features, or of columns of the table.
struct quantile_array {
    const char *name, *what, *scale;
    const double *v; // (columns, levels)
    int columns;
};

static int put_column_quantiles(const struct reference_writer *w, const struct quantile_array *a, struct err *e)
{
    const int levels = w->r->levels, columns = a->columns;
    struct store_shape shape = {STORE_F32, 2, {levels, columns}};
    struct store_about about = {a->what, "1", {REFERENCE_LEVEL, a->scale}};
    float *out = mem_new((size_t)levels * (size_t)columns, sizeof *out);

    for (int i = 0; i < levels; i++)
        for (int c = 0; c < columns; c++)
            out[i * columns + c] = (float)a->v[c * levels + i];
    int rc = put_reference(w, a->name, &shape, out, &about, e);
    free(out);

    return rc;
}

static int put_features(const struct reference_writer *w, struct err *e)
{
    struct store_shape shape = {STORE_TEXT, 1, {w->r->columns}};
    struct store_about about = {"feature", NULL, {DATASET_FEATURE}};
    char path[128];

    if (w->names->features)
        return put_reference(w, DATASET_FEATURE, &shape, w->names->features, &about, e);
    snprintf(path, sizeof path, "%s/" DATASET_FEATURE, w->names->group);
    return store_write_index(w->f, path, w->r->columns, "feature", e);
}

static int put_feature_quantiles(const struct reference_writer *w, struct err *e)
{
    const struct quantile_array errors = {SCORES_FEATURE_ERROR, "quantile of the squared differences", DATASET_FEATURE,
        w->r->feature_error, w->r->columns};
    const struct quantile_array values = {
        REFERENCE_VALUE, "quantile of the values, in original units", DATASET_FEATURE, w->r->value, w->r->columns};
    int rc = put_features(w, e);
    rc |= put_column_quantiles(w, &errors, e);
    return rc | put_column_quantiles(w, &values, e);
}

static int put_table_columns(const struct reference_writer *w, struct err *e)
{
    const struct columns *c = w->names->columns;
    const struct quantile_array errors = {REFERENCE_COLUMN_ERROR, "quantile of the sums of the squared differences",
        DATASET_COLUMN, w->r->column_error, w->r->table_columns};
    struct store_shape shape = {STORE_TEXT, 1, {w->r->table_columns}};
    struct store_about about = {"name of the column", NULL, {DATASET_COLUMN}};

    ASSERT(c && c->n == w->r->table_columns, "errors of %d columns", w->r->table_columns);
    const char **names = mem_new((size_t)c->n, sizeof *names);
    for (int i = 0; i < c->n; i++)
        names[i] = c->v[i].name;
    int rc = put_reference(w, DATASET_COLUMN, &shape, names, &about, e);
    free(names);

    return rc | put_column_quantiles(w, &errors, e);
}

static int put_reference_attributes(const struct reference_writer *w, struct err *e)
{
    const char *group = w->names->group;
    int rc = store_set_text(w->f, group, SCORES_ERROR, w->names->error, e);
    rc |= store_set_int(w->f, group, REFERENCE_ROW_COUNT, w->r->rows, e);
    rc |= store_set_real(w->f, group, REFERENCE_MEAN, w->r->mean, e);
    rc |= store_set_real(w->f, group, REFERENCE_DEVIATION, w->r->deviation, e);
    rc |= store_set_real(w->f, group, REFERENCE_MEDIAN, w->r->median, e);
    return rc | store_set_real(w->f, group, REFERENCE_MAD, w->r->mad, e);
}

int reference_write(struct store_file *f, const struct reference_names *names, const struct reference *r, struct err *e)
{
    const struct reference_writer w = {f, names, r};
    struct store_shape largest = {STORE_F32, 1, {r->n_largest}};
    struct store_about about = {"largest training errors", "1", {REFERENCE_LARGEST_ERROR}};
    if (!r->levels)
        return 0;

    int rc = put_quantiles(&w, REFERENCE_LEVEL, r->level, "share of the values that are smaller", e);
    rc |= put_quantiles(&w, SCORES_ERROR, r->error, "quantile of the training errors", e);
    rc |= put_quantiles(&w, REFERENCE_VALIDATION, r->validation_error, "quantile of the validation errors", e);
    rc |= put_reference(&w, REFERENCE_LARGEST_ERROR, &largest, r->largest, &about, e);
    if (r->columns)
        rc |= put_feature_quantiles(&w, e);
    if (r->table_columns)
        rc |= put_table_columns(&w, e);

    return rc | put_reference_attributes(&w, e);
}

// --- reading

struct reference_place {
    struct store_file *f;
    const char *group;
    char path[512];
};

static const char *reference_path(struct reference_place *p, const char *name)
{
    snprintf(p->path, sizeof p->path, "%s/%s", p->group, name);
    return p->path;
}

// Sets *n to the length of the last dimension of an array. The array must have `rank` dimensions; if there are two, the
// first one must have the length `levels`.
static int get_length(struct reference_place *p, const char *name, int rank, int64_t levels, int64_t *n, struct err *e)
{
    struct store_shape shape;
    if (store_get_shape(p->f, reference_path(p, name), &shape, e) != 0)
        return -1;
    if (shape.rank != rank || (rank == 2 && shape.dims[0] != levels) || shape.dims[rank - 1] > 1 << 20)
        return err_add(e, ERR_DATA, "%s: %s: its shape is not that of a reference", store_path(p->f), p->path);
    *n = shape.dims[rank - 1];
    return 0;
}

// Reads an array with one quantile per level, owned by the caller. Returns NULL and an error on failure.
static double *get_quantiles(struct reference_place *p, const char *name, int levels, struct err *e)
{
    int64_t n;
    if (get_length(p, name, 1, 0, &n, e) != 0)
        return NULL;
    if (n != levels) {
        err_add(e, ERR_DATA, "%s: %s: found %lld quantiles, allowed: %d, one per level", store_path(p->f), p->path,
            (long long)n, levels);
        return NULL;
    }

    double *v = mem_new((size_t)n, sizeof *v);
    store_read(p->f, p->path, STORE_F64, store_entries(0, n), v, e);
    return v;
}

// Reads an array of quantiles and returns it as (columns, levels), owned by the caller. Sets *n_columns to the number
// of columns; if *n_columns is not 0, the array must have that many. Returns NULL and an error on failure.
static double *get_column_quantiles(
    struct reference_place *p, const char *name, const struct reference *r, int *n_columns, struct err *e)
{
    int64_t n;
    if (get_length(p, name, 2, r->levels, &n, e) != 0)
        return NULL;
    if (*n_columns && n != *n_columns) {
        err_add(e, ERR_DATA, "%s: %s: found %lld features, allowed: %d", store_path(p->f), p->path, (long long)n,
            *n_columns);
        return NULL;
    }

    *n_columns = (int)n;
    size_t columns = (size_t)n, levels = (size_t)r->levels;
    double *v = mem_new(columns * levels, sizeof *v), *in_file = mem_new(columns * levels, sizeof *in_file);
    store_read(p->f, p->path, STORE_F64, store_entries(0, r->levels), in_file, e);
    for (size_t c = 0; c < columns; c++)
        for (size_t i = 0; i < levels; i++)
            v[c * levels + i] = in_file[i * columns + c];
    free(in_file);

    return v;
}

static int get_levels(struct reference_place *p, struct reference *r, struct err *e)
{
    int64_t n;
    if (get_length(p, REFERENCE_LEVEL, 1, 0, &n, e) != 0)
        return -1;
    r->levels = (int)n;
    r->level = get_quantiles(p, REFERENCE_LEVEL, r->levels, e);

    bool is_good = r->level && n >= 2 && r->level[0] == 0 && r->level[n - 1] == 1;
    for (int64_t i = 1; is_good && i < n; i++)
        is_good = r->level[i] > r->level[i - 1];
    if (!is_good && !e->count)
        err_add(e, ERR_DATA, "%s: %s: allowed: levels that ascend from 0 to 1", store_path(p->f), p->path);
    return e->count ? -1 : 0;
}

static void get_largest(struct reference_place *p, struct reference *r, struct err *e)
{
    if (get_length(p, REFERENCE_LARGEST_ERROR, 1, 0, &r->n_largest, e) != 0)
        return;
    r->largest = mem_new((size_t)r->n_largest + 1, sizeof *r->largest);
    store_read(p->f, p->path, STORE_F32, store_entries(0, r->n_largest), r->largest, e);
}

static void get_features(struct reference_place *p, struct reference *r, struct err *e)
{
    if (!store_has(p->f, reference_path(p, SCORES_FEATURE_ERROR)))
        return;
    r->feature_error = get_column_quantiles(p, SCORES_FEATURE_ERROR, r, &r->columns, e);
    r->value = get_column_quantiles(p, REFERENCE_VALUE, r, &r->columns, e);
    if (store_has(p->f, reference_path(p, REFERENCE_COLUMN_ERROR))) // files of earlier versions do not have it
        r->column_error = get_column_quantiles(p, REFERENCE_COLUMN_ERROR, r, &r->table_columns, e);
}

static void get_reference_attributes(struct reference_place *p, struct reference *r, struct err *e)
{
    store_get_int(p->f, p->group, REFERENCE_ROW_COUNT, &r->rows, e);
    store_get_real(p->f, p->group, REFERENCE_MEAN, &r->mean, e);
    store_get_real(p->f, p->group, REFERENCE_DEVIATION, &r->deviation, e);
    store_get_real(p->f, p->group, REFERENCE_MEDIAN, &r->median, e);
    store_get_real(p->f, p->group, REFERENCE_MAD, &r->mad, e);
    if (!e->count && (r->rows < 1 || r->n_largest < 1 || r->n_largest > r->rows))
        err_add(e, ERR_DATA, "%s: %s: found %lld rows and %lld largest errors", store_path(p->f), p->group,
            (long long)r->rows, (long long)r->n_largest);
}

int reference_read(struct store_file *f, const char *path, struct reference *r, struct err *e)
{
    struct reference_place p = {.f = f, .group = path};
    struct err found = {0};

    *r = (struct reference){0};
    if (!store_has(f, path))
        return 0;
    if (get_levels(&p, r, &found) == 0) {
        r->error = get_quantiles(&p, SCORES_ERROR, r->levels, &found);
        if (store_has(f, reference_path(&p, REFERENCE_VALIDATION)))
            r->validation_error = get_quantiles(&p, REFERENCE_VALIDATION, r->levels, &found);
        get_largest(&p, r, &found);
        get_features(&p, r, &found);
        get_reference_attributes(&p, r, &found);
    }

    if (!found.count)
        return 0;
    reference_free(r);
    err_merge(e, &found);
    return -1;
}
