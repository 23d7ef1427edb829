// Opens one split of a data-set file, checks its arrays, and reads its values of any type.
#include "data/data_table.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/data_config.h"
#include "data/data_path.h"
#include "data/label_names.h"
#include "store/schema.h"
#include "store/store.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {[STORE_U8] = "u1",
    [STORE_I8] = "i1",
    [STORE_I16] = "i2",
    [STORE_I32] = "i4",
    [STORE_I64] = "i8",
    [STORE_F32] = "f4",
    [STORE_F64] = "f8",
    [STORE_TEXT] = "text"};

const char *data_type_name(enum store_type type)
{
    ASSERT((size_t)type < sizeof type_names / sizeof *type_names, "type %d", (int)type);
    return type_names[type];
}

bool data_type_fits_float(enum store_type type)
{
    return type == STORE_U8 || type == STORE_I8 || type == STORE_I16 || type == STORE_F32;
}

static void release_values(struct data_table *t)
{
    if (t->map.data)
        store_unmap(&t->map);
    free(t->owned);
    t->owned = NULL;
    t->values = NULL;
}

void data_table_free(struct data_table **t)
{
    if (!*t)
        return;

    release_values(*t);
    list_free((*t)->features, (*t)->columns);
    list_free((*t)->label_names, (*t)->n_label_names);
    char *const owned[] = {
        (*t)->name, (*t)->path, (*t)->split, (*t)->label_name, (*t)->checksum, (*t)->label_checksum, (*t)->origin};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    columns_free(&(*t)->table_columns);
    coordinates_free(&(*t)->coordinates, (*t)->rows);
    free((*t)->label);
    free((*t)->label_numbers);
    free(*t);
    *t = NULL;
}

// --- opening

static char *array_path(const struct data_table *t, const char *name)
{
    return mem_format("%s/%s", t->split, name);
}

// Reports a split that does not exist, and lists the splits of the file.
static int refuse_split(struct store_file *f, const struct data_table *t, struct err *e)
{
    char **names = NULL;
    int n = 0;
    if (store_list(f, "", &names, &n, e) != 0)
        return -1;

    struct text list = {0};
    for (int i = 0; i < n; i++)
        text_add(&list, "%s%s", i ? ", " : "", names[i]);
    char hint[DID_YOU_MEAN_ROOM];
    text_add(&list, "%s", text_did_you_mean(hint, t->split, (const char *const *)names, n));
    err_add(e, ERR_DATA, "%s: no split '%s' in %s, allowed: %s", t->name, t->split, t->path, n ? list.data : "none");
    text_free(&list);
    list_free(names, n);
    return -1;
}

static int read_table_shape(struct store_file *f, struct data_table *t, struct err *e)
{
    struct store_shape s;
    char *path = array_path(t, DATASET_X);
    int result = store_get_shape(f, path, &s, e);

    free(path);
    if (result != 0)
        return -1;

    int64_t columns = 1;
    bool fits = s.type != STORE_TEXT && s.rank >= 1 && s.rank <= 4;
    for (int i = 1; fits && i < s.rank; i++)
        fits = s.dims[i] <= INT_MAX && !__builtin_mul_overflow(columns, s.dims[i], &columns) && columns <= INT_MAX;
    if (!fits)
        return err_add(e, ERR_DATA,
            "%s: found x of type %s and rank %d, allowed: numbers of rank 1 to 4, at most %d a row", t->name,
            data_type_name(s.type), s.rank, INT_MAX);
    if (s.dims[0] == 0 || columns == 0)
        return err_add(
            e, ERR_DATA, "%s: no data: %lld rows of %lld values", t->name, (long long)s.dims[0], (long long)columns);
    if (s.dims[0] > INT32_MAX)
        return err_add(e, ERR_DATA, "%s: found %lld rows, allowed: up to %d", t->name, (long long)s.dims[0], INT32_MAX);

    ASSERT(s.rank >= 1 && s.rank <= 4, "rank %d", s.rank);
    t->rows = s.dims[0];
    t->columns = (int)columns;
    t->type = s.type;
    t->shape_rank = s.rank > 1 ? s.rank - 1 : 1;
    t->shape[0] = 1;
    for (int i = 1; i < s.rank; i++)
        t->shape[i - 1] = (int)s.dims[i];
    return 0;
}

static int read_table_values(struct store_file *f, struct data_table *t, struct err *e)
{
    char *path = array_path(t, DATASET_X);
    int result = store_map(f, path, &t->map, e);

    if (result == 0 && t->map.data) {
        t->values = t->map.data;
    } else if (result == 0) {
        size_t count = (size_t)t->rows * (size_t)t->columns;
        t->values = t->owned = mem_array(count, store_type_size(t->type), t->name, e);
        result = t->owned ? store_read(f, path, t->type, store_entries(0, t->rows), t->owned, e) : -1;
    }
    free(path);
    return result;
}

// Checks that the labels fit the rows. Reads them if `with_values`.
static int read_table_labels(struct store_file *f, struct data_table *t, bool with_values, struct err *e)
{
    char *path = array_path(t, DATASET_LABEL);
    struct store_shape s;
    int result = 0;

    if (store_has(f, path)) {
        result = store_get_shape(f, path, &s, e);
        if (result == 0 && (s.type == STORE_TEXT || s.rank != 1 || s.dims[0] != t->rows))
            result = err_add(e, ERR_DATA,
                "%s: found labels of type %s, rank %d and length %lld, allowed: one number for "
                "each of %lld rows",
                t->name, data_type_name(s.type), s.rank, (long long)(s.rank ? s.dims[0] : 0), (long long)t->rows);
        t->has_label = result == 0;
        if (result == 0 && with_values) {
            t->label = mem_array((size_t)t->rows, sizeof *t->label, t->name, e);
            result = t->label ? store_read(f, path, STORE_I64, store_entries(0, t->rows), t->label, e) : -1;
        }
        if (result == 0)
            t->label_checksum = store_get_text(f, path, STORE_CHECKSUM);
    }
    free(path);

    return result;
}

void data_table_number_labels(const struct data_table *t, int64_t n, int64_t *label)
{
    for (int64_t i = 0; t->n_label_numbers && i < n; i++)
        if (label[i] >= 0 && label[i] < t->n_label_numbers)
            label[i] = t->label_numbers[label[i]];
}

// Replaces labels by the integers that their names spell, if all names are integers. In older files, folders called 0,
// 2 and 10 had the labels 0, 1 and 2.
static void turn_into_numbers(struct data_table *t)
{
    if (!label_names_are_numbers(t->label_names, t->n_label_names))
        return;

    ASSERT(!t->label_numbers, "%s: numbered twice", t->name);
    t->n_label_numbers = t->n_label_names;
    t->label_numbers = mem_new((size_t)t->n_label_names, sizeof *t->label_numbers);
    for (int i = 0; i < t->n_label_names; i++)
        label_is_number(t->label_names[i], &t->label_numbers[i]);
    list_free(t->label_names, t->n_label_names);
    t->label_names = NULL;
    t->n_label_names = 0;
    if (t->label)
        data_table_number_labels(t, t->rows, t->label);
}

static int read_table_names(struct store_file *f, struct data_table *t, struct err *e)
{
    t->origin = store_get_text(f, t->split, DATASET_SOURCE);
    if (t->has_label) {
        t->label_name = store_get_text(f, t->split, DATASET_LABEL_NAME);
        t->label_name = t->label_name ? t->label_name : mem_text("label");
        char *lines = store_get_text(f, t->split, DATASET_LABEL_NAMES);
        label_names_split(lines, &t->label_names, &t->n_label_names);
        free(lines);
        turn_into_numbers(t);
    }
    char *path = array_path(t, DATASET_FEATURE);
    struct store_shape s;
    int result = 0;
    if (t->shape_rank == 1 && store_has(f, path)) {
        result = store_get_shape(f, path, &s, e);
        if (result == 0 && s.type == STORE_TEXT && s.rank == 1 && s.dims[0] == t->columns) {
            t->features = mem_new((size_t)t->columns, sizeof *t->features);
            result = store_read(f, path, STORE_TEXT, store_entries(0, t->columns), t->features, e);
        }
    }
    free(path);

    return result;
}

static int read_table(struct store_file *f, struct data_table *t, unsigned parts, struct err *e)
{
    if (!store_has(f, t->split))
        return refuse_split(f, t, e);
    char *path = array_path(t, DATASET_X);
    bool has_x = store_has(f, path);
    t->checksum = has_x ? store_get_text(f, path, STORE_CHECKSUM) : NULL;
    free(path);
    if (!has_x)
        return err_add(e, ERR_DATA, "%s: no data set '%s' in group %s of %s", t->name, DATASET_X, t->split, t->path);
    if (read_table_shape(f, t, e) != 0)
        return -1;

    int failed = parts & TABLE_VALUES ? read_table_values(f, t, e) : 0;
    failed |= read_table_labels(f, t, parts & TABLE_LABELS, e);
    failed |= coordinates_open(f, t->split, t->rows, &t->coordinates, e);
    if (!failed && parts & TABLE_COORDINATES)
        failed = coordinates_read(f, t->split, 0, t->rows, &t->coordinates, e);
    if (!failed && t->shape_rank == 1)
        failed = columns_read(f, t->split, t->columns, &t->table_columns, e);
    return failed ? -1 : read_table_names(f, t, e);
}

// Opens a table. Takes over `path`, even on failure. On success sets *file to the open file, or closes the file if
// `file` is NULL.
static struct data_table *open_split_table(
    const struct data_source *source, char *path, unsigned parts, struct store_file **file, struct err *e)
{
    struct data_table *t = mem_new(1, sizeof *t);

    t->name = mem_format("%s:%s", source->file, source->split);
    t->path = path;
    t->split = mem_text(source->split);
    struct store_file *f = store_open(path, FORMAT_DATASET, STORE_CHECK, e);
    if (!f || read_table(f, t, parts, e) != 0)
        data_table_free(&t);
    if (file && t)
        *file = f;
    else
        store_close(&f);
    return t;
}

struct data_table *data_table_open(const struct data_source *source, struct store_file **file, struct err *e)
{
    char *path = data_resolve(source->file, NULL, NULL, e);
    return path ? open_split_table(source, path, 0, file, e) : NULL;
}

struct data_table *data_files_open(
    struct data_files *files, const struct data_source *source, const char *spec_folder, unsigned parts, struct err *e)
{
    char *path = data_resolve(source->file, spec_folder, source->at, e);
    if (!path)
        return NULL;

    for (int i = 0; i < files->n; i++)
        if (strcmp(files->v[i]->path, path) == 0 && strcmp(files->v[i]->split, source->split) == 0) {
            free(path);
            return files->v[i];
        }

    struct err found = {0};
    struct data_table *t = open_split_table(source, path, parts, NULL, &found);
    if (!t) {
        data_blame(source->at, &found, e);
        return NULL;
    }
    files->v = mem_grow(files->v, (size_t)files->n + 1, sizeof *files->v);
    return files->v[files->n++] = t;
}

int data_files_check(const struct data_files *files, struct err *e)
{
    int failed = 0;
    for (int i = 0; files && i < files->n; i++)
        failed |= store_map_check(&files->v[i]->map, files->v[i]->checksum, STORE_MAP_BYTES, e);
    return failed;
}

void data_files_release(struct data_files *files)
{
    for (int i = 0; i < files->n; i++)
        if (!files->v[i]->is_held)
            release_values(files->v[i]);
}

void data_files_free(struct data_files **files)
{
    if (!*files)
        return;
    for (int i = 0; i < (*files)->n; i++)
        data_table_free(&(*files)->v[i]);
    free((*files)->v);
    label_names_free(&(*files)->classes.names);
    free((*files)->classes.normal.v);
    free(*files);
    *files = NULL;
}

// --- values

size_t data_table_row_bytes(const struct data_table *t)
{
    return (size_t)t->columns * store_type_size(t->type);
}

#define WIDEN(type)                                                      \
    const type *restrict x = (const type *)t->values + row * t->columns; \
    for (int i = 0; i < t->columns; i++)                                 \
        out[i] = (double)x[i];                                           \
    break

void data_table_row(const struct data_table *t, int64_t row, double *restrict out)
{
    ASSERT(t->values && row >= 0, "row %lld of %s", (long long)row, t->name);

    switch (t->type) {
    case STORE_U8: {
        WIDEN(uint8_t);
    }
    case STORE_I8: {
        WIDEN(int8_t);
    }
    case STORE_I16: {
        WIDEN(int16_t);
    }
    case STORE_I32: {
        WIDEN(int32_t);
    }
    case STORE_I64: {
        WIDEN(int64_t);
    }
    case STORE_F32: {
        WIDEN(float);
    }
    case STORE_F64: {
        WIDEN(double);
    }
    case STORE_TEXT:
        break;
    }
}

double data_table_value(const struct data_table *t, int64_t row, int column)
{
    size_t i = (size_t)row * (size_t)t->columns + (size_t)column;
    ASSERT(row >= 0 && column >= 0 && column < t->columns, "row %lld, column %d", (long long)row, column);

    switch (t->type) {
    case STORE_U8:
        return ((const uint8_t *)t->values)[i];
    case STORE_I8:
        return ((const int8_t *)t->values)[i];
    case STORE_I16:
        return ((const int16_t *)t->values)[i];
    case STORE_I32:
        return ((const int32_t *)t->values)[i];
    case STORE_I64:
        return (double)((const int64_t *)t->values)[i];
    case STORE_F32:
        return ((const float *)t->values)[i];
    case STORE_F64:
        return ((const double *)t->values)[i];
    case STORE_TEXT:
        break;
    }

    return NAN;
}

int64_t data_table_integer(const struct data_table *t, int64_t row, int column)
{
    ASSERT(t->type == STORE_I64, "type %d", t->type);
    return ((const int64_t *)t->values)[row * t->columns + column];
}

typedef uint32_t bits32 __attribute__((may_alias));
typedef uint64_t bits64 __attribute__((may_alias));

// NaN and infinite values have all exponent bits set. The compiler vectorizes this test of bits.
bool data_table_row_is_finite(const struct data_table *t, int64_t row)
{
    size_t first = (size_t)row * (size_t)t->columns;
    ASSERT(t->values && row >= 0, "row %lld of %s", (long long)row, t->name);
    uint32_t bad = 0;

    if (t->type == STORE_F32) {
        const bits32 *restrict x = (const bits32 *)t->values + first;
        for (int i = 0; i < t->columns; i++)
            bad |= (x[i] & 0x7f800000) == 0x7f800000;
    } else if (t->type == STORE_F64) {
        const bits64 *restrict x = (const bits64 *)t->values + first;
        for (int i = 0; i < t->columns; i++)
            bad |= (x[i] >> 52 & 0x7ff) == 0x7ff;
    }
    return !bad;
}

static bool is_unnamed_in_csv(const char *name)
{
    int64_t number;
    return strncmp(name, "column_", 7) == 0 && text_to_int64(name + 7, &number) == 0 && number > 0;
}

// Returns true if `name` is the name that import gives to this column of an array. In a CSV file without names, a label
// in an earlier column shifts the numbers of the others, so data_feature_fits compares no numbers.
static bool is_unnamed_in_array(const char *name, int column)
{
    char expected[32];
    snprintf(expected, sizeof expected, "feature_%d", column + 1);
    return strcmp(name, expected) == 0;
}

bool data_feature_fits(const char *a, const char *b, int column)
{
    if (strcmp(a, b) == 0)
        return true;
    return (is_unnamed_in_csv(a) && is_unnamed_in_array(b, column)) ||
           (is_unnamed_in_csv(b) && is_unnamed_in_array(a, column));
}

char *data_column_name(char out[96], const struct data_table *t, int column)
{
    ASSERT(column >= 0 && column < t->columns, "column %d of %d", column, t->columns);
    if (t->features)
        snprintf(out, 96, "column '%.60s'", t->features[column]);
    else if (t->shape_rank == 1)
        snprintf(out, 96, "column %d", column);
    else
        snprintf(out, 96, "value (%d, %d) of the row", column / (t->columns / t->shape[0]),
            column % (t->columns / t->shape[0]));
    return out;
}
