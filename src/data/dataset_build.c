// Builds a data set. Rows stay where they are if the kernels can gather them from there. Otherwise they are converted
// into floats.
#include "data/dataset_build.h"

#include "base/err.h"
#include "base/mem.h"
#include "data/coordinates.h"
#include "data/data_config.h"
#include "data/data_scaling.h"
#include "data/data_select.h"
#include "data/data_table.h"
#include "data/dataset_stream.h"
#include "data/dataset_window.h"
#include "data/select_coordinates.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void dataset_source_free(struct dataset_source *s)
{
    char *const owned[] = {s->name, s->path, s->checksum, s->label_checksum, s->label_name, s->origin};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
}

void dataset_free(struct dataset *d)
{
    coordinates_free(&d->coordinates, d->rows);
    for (int k = 0; k < d->n_sources; k++)
        dataset_source_free(&d->sources[k]);
    dataset_steps_free(d);
    dataset_stream_free(d);
    void *const owned[] = {d->name, d->row, d->shift, d->factor, d->values, d->is_unscored, d->label, d->is_anomaly,
        d->index, d->source, d->sources};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    *d = (struct dataset){0};
}

static void describe_sources(const struct data_selection *s, struct dataset *d)
{
    ASSERT(!d->sources, "sources of %s", d->name);
    d->n_sources = s->part->n;
    d->sources = mem_new((size_t)d->n_sources, sizeof *d->sources);

    for (int k = 0; k < d->n_sources; k++) {
        const struct data_table *t = s->tables[k];
        d->sources[k] = (struct dataset_source){.name = mem_text(t->name),
            .path = mem_text(t->path),
            .checksum = mem_text(t->checksum),
            .label_checksum = mem_text(t->label_checksum),
            .label_name = mem_text(t->label_name),
            .origin = mem_text(t->origin)};
    }

    for (int64_t i = 0; i < s->rows; i++)
        d->sources[s->source[i]].rows++;
}

// Returns true if rows can stay where they are: all are bytes, or all are floats without missing values. It must also
// be possible to scale them when a batch is gathered.
static bool can_point_at_rows(const struct data_selection *s, const struct scaling *scaling, bool has_missing)
{
    enum store_type type = s->tables[0]->type;
    if (!scaling_is_affine(scaling))
        return false;
    for (int k = 1; k < s->part->n; k++)
        if (s->tables[k]->type != type)
            return false;
    return type == STORE_U8 || (type == STORE_F32 && !has_missing);
}

double dataset_converted_bytes(const struct dataset_plan *plan, const struct data_selection *s)
{
    if (s->rows == 0 || plan->is_streamed || can_point_at_rows(s, plan->scaling, plan->has_missing))
        return 0;
    return (double)s->rows * s->tables[0]->columns * (double)sizeof(float);
}

static void point_rows(const struct data_selection *s, struct dataset *d)
{
    d->type = s->tables[0]->type == STORE_U8 ? DATASET_U8 : DATASET_F32;
    for (int64_t i = 0; i < s->rows; i++) {
        const struct data_table *t = s->tables[s->source[i]];
        d->row[i] = (const char *)t->values + (size_t)s->index[i] * data_table_row_bytes(t);
    }
    for (int k = 0; k < s->part->n; k++)
        s->tables[k]->is_held = true;
}

static int set_affine(const struct scaling *scaling, struct dataset *d, struct err *e)
{
    ASSERT(!scaling->factor || scaling->columns == d->columns, "%d columns", scaling->columns);
    if (!scaling->factor)
        return 0;
    d->shift = mem_array((size_t)d->columns, sizeof *d->shift, d->name, e);
    d->factor = mem_array((size_t)d->columns, sizeof *d->factor, d->name, e);
    if (!d->shift || !d->factor)
        return -1;

    for (int c = 0; c < d->columns; c++) {
        d->shift[c] = (float)scaling->shift[c];
        d->factor[c] = (float)scaling->factor[c];
    }
    return 0;
}

static int check_range(const struct data_selection *s, int64_t i, const float *out, struct err *e)
{
    const struct data_table *t = s->tables[s->source[i]];
    char column[96];

    for (int c = 0; c < t->columns; c++)
        if (isinf(out[c]))
            return data_error(s->part->source[s->source[i]].at, e,
                "%s: the value in row %lld, %s is beyond the range of "
                "single precision; hint: scale: standard or min_max, or a clip",
                t->name, (long long)s->index[i], data_column_name(column, t, c));
    return 0;
}

// Converts all rows, and checks their range unless they are a test set. Row i is written to `values` + i * `stride`.
static int convert_rows(const struct data_selection *s, const struct dataset_plan *plan, const struct coordinates *c,
    float *values, size_t stride, struct err *e)
{
    double *row = mem_new((size_t)s->tables[0]->columns, sizeof *row);
    int *groups = scaling_match_groups(plan->scaling, c->group_names, c->n_group_names);
    int result = 0;

    for (int64_t i = 0; i < s->rows && result == 0; i++, values += stride) {
        const struct data_table *t = s->tables[s->source[i]];
        data_table_row(t, s->index[i], row);
        bool has_group = groups && c->group && c->group[i] != GROUP_MISSING;
        scaling_apply(plan->scaling, has_group ? groups[c->group[i]] : -1, data_type_fits_float(t->type), row, values);
        if (!plan->is_test)
            result = check_range(s, i, values, e);
    }

    free(groups);
    free(row);
    return result;
}

static int convert_all(
    const struct data_selection *s, const struct dataset_plan *plan, struct dataset *d, struct err *e)
{
    size_t columns = (size_t)d->columns;

    ASSERT(!d->values && d->row, "%s was converted", d->name);
    d->type = DATASET_F32;
    float *values = d->values = mem_array((size_t)s->rows * columns, sizeof *values, d->name, e);
    if (!values)
        return -1;

    for (int64_t i = 0; i < s->rows; i++)
        d->row[i] = values + (size_t)i * columns;
    return convert_rows(s, plan, &d->coordinates, values, columns, e);
}

// Builds a set whose rows stay as they are stored. Each row is converted once to check its range, except in a test set,
// where any range is allowed.
static int keep_stored(
    const struct data_selection *s, const struct dataset_plan *plan, struct dataset *d, struct err *e)
{
    point_rows(s, d);
    d->type = DATASET_STORED;
    if (plan->is_test)
        return 0;

    float *values = mem_new((size_t)d->columns, sizeof *values);
    int result = convert_rows(s, plan, &d->coordinates, values, 0, e);
    free(values);
    return result;
}

int dataset_build(const struct dataset_plan *plan, struct data_selection *s, struct dataset *out, struct err *e)
{
    const struct data_table *t = s->tables[0];

    ASSERT(s->rows > 0 && s->part->n > 0, "%lld rows", (long long)s->rows);

    *out = (struct dataset){.name = mem_text(plan->name),
        .rows = s->rows,
        .columns = t->columns,
        .n_features = t->columns,
        .shape_rank = t->shape_rank,
        .shape = {t->shape[0], t->shape[1], t->shape[2]},
        .features = plan->features,
        .table_columns = &t->table_columns};
    describe_sources(s, out);
    out->row = mem_array((size_t)s->rows, sizeof *out->row, plan->name, e);

    int result = out->row ? select_coordinates(s, &out->coordinates, e) : -1;
    if (result == 0 && can_point_at_rows(s, plan->scaling, plan->has_missing)) {
        point_rows(s, out);
        result = set_affine(plan->scaling, out, e);
    } else if (result == 0) {
        result = plan->is_streamed ? keep_stored(s, plan, out, e) : convert_all(s, plan, out, e);
    }
    if (result == 0 && plan->is_streamed)
        dataset_keep_tables(out, s->tables, plan->scaling);
    out->label = s->label;
    out->is_anomaly = s->is_anomaly;
    out->index = s->index;
    out->source = s->source;
    *s = (struct data_selection){0};
    if (result != 0)
        dataset_free(out);
    return result;
}
