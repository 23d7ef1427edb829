// The rows of a piece point into the file if it is mapped; otherwise the piece is read, and converted if needed.
#include "data/row_reader.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "data/data_scaling.h"
#include "data/data_table.h"
#include "store/schema.h"
#include "store/store.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row_source {
    struct store_file *file;  // owned
    struct data_table *table; // owned; its `values` are those of the piece
    struct store_mapping map; // owned; data NULL: the file cannot be mapped
    char *x_path, *label_path;
    struct hash_stream *hash; // of the rows before `hashed`, owned
    int64_t hashed;
    int64_t most;
    void *read;       // (most, columns) as stored, owned; NULL: mapped
    float *converted; // (most, columns), owned; NULL: rows are used as stored
    double *row;      // (columns), owned
};

static void shape_as_tuple(char out[64], int rank, const int *shape)
{
    int n = snprintf(out, 64, "(%d", shape[0]);
    for (int i = 1; i < rank; i++)
        n += snprintf(out + n, 64 - (size_t)n, ", %d", shape[i]);
    snprintf(out + n, 64 - (size_t)n, ")");
}

// Writes how to import pictures of another size or color so that they fit, or "" if data or model are no pictures.
static void picture_hint(char out[96], const struct row_fit *fit, const struct data_table *t)
{
    int color = fit->shape_rank == 3 ? fit->shape[2] : 1;
    out[0] = 0;
    if ((t->type == STORE_U8 || t->type == STORE_I32) && t->shape_rank >= 2 && fit->shape_rank >= 2 &&
        (color == 1 || color == 3))
        snprintf(out, 96, "; hint: hourglass import PICTURES --size %dx%d%s", fit->shape[0], fit->shape[1],
            color == 1 ? " --grayscale" : " --color");
}

static int check_row_fit(const struct row_fit *fit, const struct data_table *t, struct err *e)
{
    char found[64], allowed[64], hint[96];

    if (t->shape_rank != fit->shape_rank || memcmp(t->shape, fit->shape, (size_t)t->shape_rank * sizeof *t->shape)) {
        shape_as_tuple(found, t->shape_rank, t->shape);
        shape_as_tuple(allowed, fit->shape_rank, fit->shape);
        picture_hint(hint, fit, t);
        return err_add(e, ERR_DATA, "%s: found rows of shape %s, allowed: %s, which the model takes%s", t->name, found,
            allowed, hint);
    }
    int before = e->count;

    for (int c = 0; fit->features && t->features && c < t->columns && e->count == before; c++)
        if (!data_feature_fits(fit->features[c], t->features[c], c))
            err_add(e, ERR_DATA, "%s: found column %d '%s', allowed: '%s', which the model takes there", t->name, c,
                t->features[c], fit->features[c]);

    if (fit->scaling->bytes_only && t->type != STORE_U8)
        err_add(e, ERR_DATA, "%s: found values of type %s, allowed: bytes (u1), which the model was trained on",
            t->name, data_type_name(t->type));
    return e->count == before ? 0 : -1;
}

// Returns true if rows can be gathered as stored: bytes, or floats that need no filling.
static bool can_point_at_piece(const struct row_reader *r)
{
    enum store_type type = r->source->table->type;
    const struct scaling *s = r->fit->scaling;
    return scaling_is_affine(s) && (type == STORE_U8 || (type == STORE_F32 && !s->fill));
}

static int set_piece_affine(struct row_reader *r)
{
    const struct scaling *s = r->fit->scaling;
    ASSERT(!s->factor || s->columns == r->columns, "%d columns", s->columns);
    if (!s->factor || !can_point_at_piece(r))
        return 0;
    r->piece.shift = mem_new((size_t)r->columns, sizeof *r->piece.shift);
    r->piece.factor = mem_new((size_t)r->columns, sizeof *r->piece.factor);

    for (int c = 0; c < r->columns; c++) {
        r->piece.shift[c] = (float)s->shift[c];
        r->piece.factor[c] = (float)s->factor[c];
    }
    return 0;
}

static int allocate_row_piece(struct row_reader *r, struct err *e)
{
    struct row_source *s = r->source;
    size_t n = (size_t)s->most * (size_t)r->columns;
    ASSERT(s->most > 0 && r->columns > 0, "%lld rows", (long long)s->most);

    if (store_map(s->file, s->x_path, &s->map, e) != 0)
        return -1;
    if (!s->map.data && !(s->read = mem_array(n, store_type_size(s->table->type), r->name, e)))
        return -1;
    if (!can_point_at_piece(r) && !(s->converted = mem_array(n, sizeof *s->converted, r->name, e)))
        return -1;

    s->row = mem_new((size_t)r->columns, sizeof *s->row);
    r->piece = (struct dataset){.columns = r->columns,
        .shape_rank = r->fit->shape_rank,
        .type = s->table->type == STORE_U8 ? DATASET_U8 : DATASET_F32};
    memcpy(r->piece.shape, r->fit->shape, sizeof r->piece.shape);
    r->piece.row = mem_array((size_t)s->most, sizeof *r->piece.row, r->name, e);
    r->piece.is_unscored = mem_array((size_t)s->most, sizeof *r->piece.is_unscored, r->name, e);
    return r->piece.row && r->piece.is_unscored ? set_piece_affine(r) : -1;
}

static void describe_split(struct row_reader *r)
{
    const struct data_table *t = r->source->table;

    r->rows = t->rows;
    r->columns = t->columns;
    r->has_label = t->has_label;
    r->name = t->name;
    r->label_name = t->label_name;
    r->label_names = t->label_names;
    r->n_label_names = t->n_label_names;
    r->features = t->features;
}

struct row_reader *row_reader_open(
    const struct data_source *source, const struct row_fit *fit, int64_t most, struct err *e)
{
    struct row_reader *r = mem_new(1, sizeof *r);
    struct row_source *s = r->source = mem_new(1, sizeof *s);

    r->fit = fit;
    s->most = most;
    s->hash = hash_stream_new();
    s->x_path = mem_format("%s/" DATASET_X, source->split);
    s->label_path = mem_format("%s/" DATASET_LABEL, source->split);
    s->table = data_table_open(source, &s->file, e);
    if (s->table) {
        describe_split(r);
        r->checksum = s->table->checksum;
    }
    if (!s->table || check_row_fit(fit, s->table, e) != 0 || allocate_row_piece(r, e) != 0)
        row_reader_free(&r);
    return r;
}

void row_reader_free(struct row_reader **r)
{
    if (!*r)
        return;

    struct row_source *s = (*r)->source;
    if (s->table)
        s->table->values = NULL; // they belong to the mapping or the piece
    data_table_free(&s->table);
    store_unmap(&s->map);
    hash_stream_free(&s->hash);
    store_close(&s->file);
    void *const owned[] = {s->x_path, s->label_path, s->read, s->converted, s->row, (*r)->piece.row,
        (*r)->piece.is_unscored, (*r)->piece.shift, (*r)->piece.factor, s, *r};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    *r = NULL;
}

// --- a piece

static int refuse_value(struct row_reader *r, int64_t first, int64_t i, int column, struct err *e)
{
    const struct row_source *s = r->source;
    char name[96];
    ASSERT(column >= 0 && column < r->columns, "column %d of %d", column, r->columns);
    data_column_name(name, s->table, column);
    if (isnan(s->row[column]))
        return err_add(e, ERR_DATA, "%s: found a missing value (NaN) in row %lld, %s, for which the model has no fill",
            r->name, (long long)(first + i), name);
    return err_add(e, ERR_DATA, "%s: found %g in row %lld, %s, allowed: finite numbers%s", r->name, s->row[column],
        (long long)(first + i), name, isinf(s->row[column]) ? "" : " in the range of single precision");
}

// Marks or refuses a row with a value that is not finite, unless the model can take it.
static int check_odd_row(struct row_reader *r, int64_t first, int64_t i, struct err *e)
{
    const struct row_source *s = r->source;

    data_table_row(s->table, i, s->row);
    for (int c = 0; c < r->columns; c++) {
        if (!isinf(s->row[c]) && !(isnan(s->row[c]) && !r->fit->scaling->fill && !r->fit->scaling->ignores_missing))
            continue;
        if (!r->fit->marks_bad_rows)
            return refuse_value(r, first, i, c, e);
        r->piece.is_unscored[i] = 1;
        return 0;
    }
    return 0;
}

static int convert_row(struct row_reader *r, int64_t first, int64_t i, float *out, struct err *e)
{
    const struct row_source *s = r->source;
    data_table_row(s->table, i, s->row);
    scaling_apply(r->fit->scaling, data_type_fits_float(s->table->type), s->row, out);
    for (int c = 0; c < r->columns && !r->fit->marks_bad_rows; c++)
        if (isinf(out[c]) || (isnan(out[c]) && !r->fit->scaling->ignores_missing))
            return refuse_value(r, first, i, c, e);
    return 0;
}

static int place_piece_rows(struct row_reader *r, int64_t first, struct err *e)
{
    const struct row_source *s = r->source;
    size_t bytes = (size_t)r->columns * store_type_size(s->table->type);
    int failed = 0;

    ASSERT(r->piece.rows >= 0 && r->piece.rows <= s->most, "%lld rows", (long long)r->piece.rows);
    memset(r->piece.is_unscored, 0, (size_t)r->piece.rows);
    for (int64_t i = 0; i < r->piece.rows && !failed; i++) {
        float *converted = s->converted ? s->converted + i * r->columns : NULL;
        r->piece.row[i] = converted ? (const void *)converted : (const char *)s->table->values + (size_t)i * bytes;
        if (!data_table_row_is_finite(s->table, i))
            failed = check_odd_row(r, first, i, e);
        if (!failed && converted)
            failed = convert_row(r, first, i, converted, e);
    }
    return failed;
}

const struct dataset *row_reader_read(struct row_reader *r, int64_t first, int64_t rows, struct err *e)
{
    struct row_source *s = r->source;
    size_t row_bytes = (size_t)r->columns * store_type_size(s->table->type);

    ASSERT(rows <= s->most, "%lld rows", (long long)rows);
    ASSERT(first >= 0 && first + rows <= r->rows, "rows %lld + %lld of %lld", (long long)first, (long long)rows,
        (long long)r->rows);
    r->piece.rows = rows;
    if (s->map.data) {
        store_map_advise(&s->map, 0, (size_t)first * row_bytes, STORE_MAP_DONE);
        store_map_advise(&s->map, (size_t)first * row_bytes, 2 * (size_t)rows * row_bytes, STORE_MAP_SOON);
        s->table->values = (const char *)s->map.data + (size_t)first * row_bytes;
    } else {
        s->table->values = s->read;
        if (store_read(s->file, s->x_path, s->table->type, store_entries(first, rows), s->read, e) != 0)
            return NULL;
    }
    return place_piece_rows(r, first, e) == 0 ? &r->piece : NULL;
}

int row_reader_labels(struct row_reader *r, int64_t first, int64_t rows, int64_t *label, struct err *e)
{
    if (store_read(r->source->file, r->source->label_path, STORE_I64, store_entries(first, rows), label, e) != 0)
        return -1;

    data_table_number_labels(r->source->table, rows, label);
    return 0;
}

void row_reader_hash(struct row_reader *r, int64_t first, int64_t rows)
{
    struct row_source *s = r->source;
    size_t row_bytes = (size_t)r->columns * store_type_size(s->table->type);

    ASSERT(first == s->hashed, "%lld rows were hashed, not %lld", (long long)s->hashed, (long long)first);
    if (s->map.data)
        hash_stream_add(s->hash, (const char *)s->map.data + (size_t)first * row_bytes, (size_t)rows * row_bytes);
    s->hashed += rows;
}

int row_reader_check(const struct row_reader *r, struct err *e)
{
    const struct row_source *s = r->source;
    char found[17];

    snprintf(found, sizeof found, "%016" PRIx64, hash_stream_value(s->hash));
    if (s->map.data && r->checksum && s->hashed == r->rows && strcmp(found, r->checksum) != 0)
        return err_add(e, ERR_DATA, "%s: %s: damaged: its checksum is %s, written was %s", s->table->path, s->x_path,
            found, r->checksum);
    return store_map_check(&r->source->map, r->checksum, STORE_MAP_LOOK, e);
}
