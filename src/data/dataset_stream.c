// Reads rows in pieces, which are spans of bytes in the mappings of their tables.
#include "data/dataset_stream.h"

#include "base/mem.h"
#include "data/coordinates.h"
#include "data/data_sample.h"
#include "data/data_scaling.h"
#include "data/data_table.h"
#include "store/store.h"
#include <stdlib.h>
#include <string.h>

struct dataset_rules {
    struct scaling scaling; // owned
    int32_t *group; // (rows), owned: number of each row's group in the scaling, -1: none; NULL: no row has a group
};

// --- the set

void dataset_keep_tables(struct dataset *d, struct data_table *const *tables, const struct scaling *scaling)
{
    ASSERT(!d->tables && d->n_sources > 0, "%s has its tables", d->name);
    d->tables = mem_new((size_t)d->n_sources, sizeof *d->tables);
    for (int k = 0; k < d->n_sources; k++)
        d->tables[k] = tables[k];

    if (d->type == DATASET_STORED) {
        d->rules = mem_new(1, sizeof *d->rules);
        scaling_copy(&d->rules->scaling, scaling);
    }
}

int dataset_stream_rows(struct dataset *d, struct err *e)
{
    const struct coordinates *c = &d->coordinates;
    if (!d->rules || !d->rules->scaling.n_groups)
        return 0;

    ASSERT(!d->rules->group, "%s has its groups", d->name);
    int *groups = scaling_match_groups(&d->rules->scaling, c->group_names, c->n_group_names);
    int32_t *group = d->rules->group = mem_array((size_t)d->rows, sizeof *group, d->name, e);
    for (int64_t i = 0; group && i < d->rows; i++)
        group[i] = c->group && c->group[i] != GROUP_MISSING ? groups[c->group[i]] : -1;
    free(groups);
    return group ? 0 : -1;
}

void dataset_rules_free(struct dataset_rules **rules)
{
    if (!*rules)
        return;
    scaling_free(&(*rules)->scaling);
    free((*rules)->group);
    free(*rules);
    *rules = NULL;
}

void dataset_stream_free(struct dataset *d)
{
    dataset_rules_free(&d->rules);
    free(d->tables);
    d->tables = NULL;
}

int dataset_sample_rules(const struct dataset *from, struct dataset *sample, struct err *e)
{
    const struct dataset_rules *rules = from->rules;
    size_t n = (size_t)sample->rows;

    sample->rules = mem_new(1, sizeof *sample->rules);
    scaling_copy(&sample->rules->scaling, &rules->scaling);
    int32_t *source = sample->source = mem_array(n, sizeof *source, "rows of a sample", e);
    int32_t *group = rules->group ? mem_array(n, sizeof *group, "rows of a sample", e) : NULL;
    sample->rules->group = group;
    if (!source || !group != !rules->group)
        return -1;

    for (int64_t i = 0; i < sample->rows; i++) {
        int64_t row = data_sample_row(from, i, sample->rows);
        source[i] = from->source[row];
        if (group)
            group[i] = rules->group[row];
    }
    return 0;
}

size_t dataset_row_bytes(const struct dataset *d, int source)
{
    if (d->type == DATASET_STORED)
        return data_table_row_bytes(d->tables[source]);
    return (size_t)d->n_features * (d->type == DATASET_U8 ? 1 : sizeof(float));
}

// --- gathering

void dataset_gather_stored(const struct dataset *d, const int32_t *rows, int n, real *out)
{
    size_t features = (size_t)d->n_features;
    int steps = d->columns / d->n_features; // time steps of a window; 1 without windows
    double *row = mem_new(features, sizeof *row);
    float *scaled = mem_new(features, sizeof *scaled);

    for (int r = 0; r < n; r++) {
        const struct data_table *t = d->tables[d->source[rows[r]]];
        const char *x = d->row[rows[r]];
        int group = d->rules->group ? d->rules->group[rows[r]] : -1;
        ASSERT(t->values && x >= (const char *)t->values, "row %d of %s", (int)rows[r], d->name);
        int64_t first = (x - (const char *)t->values) / (int64_t)data_table_row_bytes(t);

        for (int k = 0; k < steps; k++, out += features) {
            data_table_row(t, first + k, row);
            scaling_apply(&d->rules->scaling, group, data_type_fits_float(t->type), row, scaled);
            for (size_t c = 0; c < features; c++)
                out[c] = (real)scaled[c];
        }
    }

    free(row);
    free(scaled);
}

// --- pieces

typedef void (*span_visitor)(const struct store_mapping *map, size_t first, size_t n);

// Visits the spans of bytes in the mappings that hold rows [first, first + n). Rows that are close to each other share
// a span.
static void visit_row_spans(const struct dataset *d, int64_t first, int64_t n, span_visitor visit)
{
    enum { GAP_BYTES = 1 << 16 };
    const struct store_mapping *map = NULL; // mapping of the span
    size_t begin = 0, end = 0, steps = (size_t)(d->columns / d->n_features);

    ASSERT(first >= 0 && first + n <= d->rows, "rows %lld + %lld of %s", (long long)first, (long long)n, d->name);
    for (int64_t i = first; i < first + n; i++) {
        const struct data_table *t = d->tables[d->source[i]];
        if (!t->map.base)
            continue;
        size_t at = (size_t)((const char *)d->row[i] - (const char *)t->map.data);
        size_t behind = at + steps * data_table_row_bytes(t);
        bool continues = map == &t->map && at >= begin && at <= end + GAP_BYTES;
        if (map && !continues)
            visit(map, begin, end - begin);
        begin = continues ? begin : at;
        end = continues && end > behind ? end : behind;
        map = &t->map;
    }
    if (map)
        visit(map, begin, end - begin);
}

void dataset_fetch(const struct dataset *d, int64_t first, int64_t n)
{
    if (d->tables && d->source)
        visit_row_spans(d, first, n, store_map_fetch);
}

static void release_span(const struct store_mapping *map, size_t first, size_t n)
{
    store_map_advise(map, first, n, STORE_MAP_DONE);
}

void dataset_release(const struct dataset *d, int64_t first, int64_t n)
{
    if (d->tables && d->source)
        visit_row_spans(d, first, n, release_span);
}
