// Reads rows in pieces. If the file is mapped, the rows of a piece point into it. Otherwise the piece is read, and
// converted if needed.
#include "data/row_reader.h"

#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "data/data_scaling.h"
#include "data/data_table.h"
#include "data/row_fit.h"
#include "data/window.h"
#include "store/schema.h"
#include "store/store.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row_source {
    struct store_file *file;  // owned
    struct data_table *table; // owned; its `values` are those of the current piece
    struct store_mapping map; // owned; data NULL: the file cannot be mapped
    char *x_path, *label_path;
    struct hash_stream *hash; // owned: hash of the rows before `hashed`
    int64_t hashed;
    int64_t most;             // most rows of the split in a piece
    void *read;               // (most, features), owned: values as stored; NULL: the file is mapped
    float *converted;         // (most, features), owned; NULL: rows are used as stored
    double *row;              // (features), owned
    int *groups;              // owned: number in the scaling of each group of the split; NULL: no scaling by group
    struct coordinates range; // groups of the rows of a range that is being placed
    float *affine;            // (2, columns), owned: shift and factor of rows that are gathered as stored; NULL: unused
    int64_t first, rows;      // samples of the piece that was read last; rows 0: none
    bool is_loaded;           // the values of the piece are in memory already, for another scaling
    const void **step;   // (most): the rows of the piece; owned if samples are windows, otherwise the same as piece.row
    int8_t *is_unscored; // (most): owned if samples are windows, otherwise the same as piece.is_unscored
};

// Returns true if rows can be gathered as stored: the scaling is affine, and values are bytes, or floats that need no
// filling.
static bool can_point_at_piece(const struct row_reader *r)
{
    enum store_type type = r->source->table->type;
    const struct scaling *s = r->fit->scaling;
    return scaling_is_affine(s) && (type == STORE_U8 || (type == STORE_F32 && !s->fill));
}

// Gives the piece the shift and factor of the scaling if its rows are gathered as stored.
static void set_piece_affine(struct row_reader *r)
{
    const struct scaling *s = r->fit->scaling;
    struct row_source *source = r->source;

    ASSERT(!s->factor || s->columns == r->n_features, "%d columns", s->columns);
    r->piece.shift = r->piece.factor = NULL;
    if (!s->factor || !can_point_at_piece(r))
        return;
    if (!source->affine)
        source->affine = mem_new(2 * (size_t)r->columns, sizeof *source->affine);

    r->piece.shift = source->affine;
    r->piece.factor = source->affine + r->columns;
    for (int c = 0; c < r->columns; c++) {
        r->piece.shift[c] = (float)s->shift[c % r->n_features];
        r->piece.factor[c] = (float)s->factor[c % r->n_features];
    }
}

// Allocates the converted rows of a piece if the scaling needs them and they do not exist yet.
static int allocate_converted(struct row_reader *r, struct err *e)
{
    struct row_source *s = r->source;

    if (can_point_at_piece(r) || s->converted)
        return 0;
    s->converted = mem_array((size_t)s->most * (size_t)r->n_features, sizeof *s->converted, r->name, e);
    return s->converted ? 0 : -1;
}

void row_reader_use(struct row_reader *r, const struct row_fit *fit)
{
    struct row_source *s = r->source;
    const struct coordinates *names = &s->table->coordinates;

    r->fit = fit;
    ASSERT(can_point_at_piece(r) || s->converted, "row_reader_add comes first");
    free(s->groups);
    s->groups = scaling_match_groups(fit->scaling, names->group_names, names->n_group_names);
    r->piece.type = s->table->type == STORE_U8 && can_point_at_piece(r) ? DATASET_U8 : DATASET_F32;
    set_piece_affine(r);
}

int row_reader_add(struct row_reader *r, const struct row_fit *fit, struct err *e)
{
    ASSERT(fit->window.length == r->windows.length, "windows of %lld steps", (long long)fit->window.length);
    r->fit = fit;
    return row_fit_check(fit, r->source->table, e) == 0 && allocate_converted(r, e) == 0 ? 0 : -1;
}

// Makes the arrays of the rows of a piece. If samples are windows, the rows are time steps, which windows can share.
static int allocate_steps(struct row_reader *r, struct err *e)
{
    struct row_source *s = r->source;

    if (!r->windows.length) {
        s->step = r->piece.row;
        s->is_unscored = r->piece.is_unscored;
        return 0;
    }
    s->step = mem_array((size_t)s->most, sizeof *s->step, r->name, e);
    s->is_unscored = mem_array((size_t)s->most, sizeof *s->is_unscored, r->name, e);
    return s->step && s->is_unscored ? 0 : -1;
}

// Allocates a piece of up to `most` samples.
static int allocate_row_piece(struct row_reader *r, int64_t most, struct err *e)
{
    struct row_source *s = r->source;
    size_t n = (size_t)s->most * (size_t)r->n_features;
    ASSERT(s->most > 0 && r->columns > 0, "%lld rows", (long long)s->most);

    if (store_map(s->file, s->x_path, &s->map, e) != 0)
        return -1;
    if (!s->map.data && !(s->read = mem_array(n, store_type_size(s->table->type), r->name, e)))
        return -1;

    s->row = mem_new((size_t)r->n_features, sizeof *s->row);
    r->piece = (struct dataset){.columns = r->columns, .n_features = r->n_features, .shape_rank = r->fit->shape_rank};
    memcpy(r->piece.shape, r->fit->shape, sizeof r->piece.shape);
    r->piece.row = mem_array((size_t)most, sizeof *r->piece.row, r->name, e);
    r->piece.is_unscored = mem_array((size_t)most, sizeof *r->piece.is_unscored, r->name, e);
    if (!r->piece.row || !r->piece.is_unscored || allocate_steps(r, e) != 0 || allocate_converted(r, e) != 0)
        return -1;
    row_reader_use(r, r->fit);
    return 0;
}

// Reads the times and groups of rows [first, first + n) of the split like coordinates_read, but no ids.
static int read_series(struct row_reader *r, int64_t first, int64_t n, struct coordinates *rows, struct err *e)
{
    const struct row_source *s = r->source;
    char *id_name = rows->id_name;

    rows->id_name = NULL;
    int failed = coordinates_read(s->file, s->table->split, first, n, rows, e);
    rows->id_name = id_name;
    return failed;
}

// Counts the windows in the split. Times and groups are read in pieces.
static int count_reader_windows(struct row_reader *r, struct err *e)
{
    enum { PIECE = 1 << 16 };
    const struct window_config *c = &r->fit->window;
    struct coordinates rows;
    struct window_step last = {0};
    int failed = 0;

    coordinates_copy_names(&rows, &r->source->table->coordinates);
    windows_begin(&r->windows, c);
    for (int64_t first = 0; first < r->steps && !failed; first += PIECE) {
        int64_t n = r->steps - first < PIECE ? r->steps - first : PIECE;
        failed = read_series(r, first, n, &rows, e);
        for (int64_t i = 0; i < n && !failed; i++) {
            struct window_step step = window_step_of(&rows, i, first + i);
            windows_add_step(&r->windows, c, first + i > 0 ? &last : NULL, &step);
            last = step;
        }
        coordinates_free_rows(&rows, n);
    }
    windows_end(&r->windows);

    coordinates_free(&rows, 0);
    return failed;
}

// Finds the windows of the split, and the largest number of rows that `most` windows can need.
static int find_reader_windows(struct row_reader *r, int64_t most, struct err *e)
{
    const struct window_config *c = &r->fit->window;
    struct row_source *s = r->source;

    s->most = most;
    if (!c->length)
        return 0;

    if (c->max_gap != WINDOW_ANY_GAP && !s->table->coordinates.time_name)
        return err_add(e, ERR_DATA,
            "%s: found no times, which the model needs, because its windows cross no gap (data.window.max_gap); hint: "
            "import it with --time COLUMN",
            r->name);
    if (count_reader_windows(r, e) != 0)
        return -1;
    if (r->windows.count == 0 && windows_are_interleaved(&r->windows, s->table->coordinates.n_group_names))
        return err_add(e, ERR_DATA,
            "%s: found no window of %lld time steps, which the model takes: the rows of its groups alternate (the group "
            "changes %lld times in %lld rows), and no window crosses from one group to another; hint: sort the rows by "
            "group before the import",
            r->name, (long long)c->length, (long long)r->windows.group_changes, (long long)r->steps);
    if (r->windows.count == 0)
        return err_add(e, ERR_DATA,
            "%s: found no window of %lld time steps, which the model takes: the longest part of its %lld row%s without "
            "a gap has %lld",
            r->name, (long long)c->length, (long long)r->steps, text_plural(r->steps),
            (long long)r->windows.longest_run);

    int64_t apart = c->step > c->length ? c->step : c->length;
    s->most = most < r->steps / apart ? most * apart : r->steps;
    r->rows = r->windows.count;
    r->columns = (int)c->length * r->n_features;
    return 0;
}

static void describe_split(struct row_reader *r)
{
    const struct data_table *t = r->source->table;

    r->rows = r->steps = t->rows;
    r->columns = r->n_features = t->columns;
    r->has_label = t->has_label;
    r->name = t->name;
    r->label_name = t->label_name;
    r->label_names = t->label_names;
    r->n_label_names = t->n_label_names;
    r->features = t->features;
    coordinates_copy_names(&r->step_coordinates, &t->coordinates);
    coordinates_copy_names(&r->source->range, &t->coordinates);
}

struct row_reader *row_reader_open(
    const struct data_source *source, const struct row_fit *fit, int64_t most, struct err *e)
{
    struct row_reader *r = mem_new(1, sizeof *r);
    struct row_source *s = r->source = mem_new(1, sizeof *s);

    r->fit = fit;
    s->hash = hash_stream_new();
    s->x_path = mem_format("%s/" DATASET_X, source->split);
    s->label_path = mem_format("%s/" DATASET_LABEL, source->split);
    s->table = data_table_open(source, &s->file, e);
    if (s->table) {
        describe_split(r);
        r->checksum = s->table->checksum;
    }
    if (!s->table || row_fit_check(fit, s->table, e) != 0 || find_reader_windows(r, most, e) != 0 ||
        allocate_row_piece(r, most, e) != 0)
        row_reader_free(&r);
    return r;
}

void row_reader_free(struct row_reader **r)
{
    if (!*r)
        return;

    struct row_source *s = (*r)->source;
    if (s->table)
        s->table->values = NULL; // the values belong to the mapping or to the piece
    data_table_free(&s->table);
    store_unmap(&s->map);
    hash_stream_free(&s->hash);
    store_close(&s->file);
    if ((*r)->windows.length) {
        free(s->step);
        free(s->is_unscored);
    }
    windows_free(&(*r)->windows);
    coordinates_free(&s->range, 0);
    coordinates_free(&(*r)->step_coordinates, (*r)->n_step_coordinates);
    void *const owned[] = {s->x_path, s->label_path, s->read, s->converted, s->row, s->groups, (*r)->piece.row,
        (*r)->piece.is_unscored, s->affine, s, *r};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    *r = NULL;
}

// --- a piece

// Reports a value that the model cannot take. `row` is the number of the row in the split.
static int refuse_value(struct row_reader *r, int64_t row, int column, struct err *e)
{
    const struct row_source *s = r->source;
    char name[96];
    ASSERT(column >= 0 && column < r->n_features, "column %d of %d", column, r->n_features);
    data_column_name(name, s->table, column);
    if (isnan(s->row[column]))
        return err_add(e, ERR_DATA, "%s: found a missing value (NaN) in row %lld, %s, for which the model has no fill",
            r->name, (long long)row, name);
    return err_add(e, ERR_DATA, "%s: found %g in row %lld, %s, allowed: finite numbers%s", r->name, s->row[column],
        (long long)row, name, isinf(s->row[column]) ? "" : " in the range of single precision");
}

// A range of rows. Its first row is row `first` of the split and becomes row `at` of the piece. Its values are
// s->table->values.
struct row_range {
    int64_t first, at, rows;
};

// Marks or refuses row i of a range if the model cannot take it. The row has a value that is not finite.
static int check_odd_row(struct row_reader *r, const struct row_range *range, int64_t i, struct err *e)
{
    const struct row_source *s = r->source;

    data_table_row(s->table, i, s->row);
    for (int c = 0; c < r->n_features; c++) {
        if (!isinf(s->row[c]) && !(isnan(s->row[c]) && !r->fit->scaling->fill && !r->fit->scaling->ignores_missing))
            continue;
        if (!r->fit->marks_bad_rows)
            return refuse_value(r, range->first + i, c, e);
        s->is_unscored[range->at + i] = 1;
        return 0;
    }
    return 0;
}

static int convert_row(struct row_reader *r, const struct row_range *range, int64_t i, float *out, struct err *e)
{
    const struct row_source *s = r->source;
    data_table_row(s->table, i, s->row);
    const struct coordinates *rows = &s->range;
    bool has_group = s->groups && rows->group && rows->group[i] != GROUP_MISSING;
    scaling_apply(
        r->fit->scaling, has_group ? s->groups[rows->group[i]] : -1, data_type_fits_float(s->table->type), s->row, out);
    for (int c = 0; c < r->n_features && !r->fit->marks_bad_rows; c++)
        if (isinf(out[c]) || (isnan(out[c]) && !r->fit->scaling->ignores_missing))
            return refuse_value(r, range->first + i, c, e);
    return 0;
}

static int place_rows(struct row_reader *r, const struct row_range *range, struct err *e)
{
    struct row_source *s = r->source;
    size_t bytes = (size_t)r->n_features * store_type_size(s->table->type);
    const bool can_point = can_point_at_piece(r);
    int failed = 0;

    if (s->groups && read_series(r, range->first, range->rows, &s->range, e) != 0)
        return -1;
    memset(s->is_unscored + range->at, 0, (size_t)range->rows);
    for (int64_t i = 0; i < range->rows && !failed; i++) {
        float *converted = can_point ? NULL : s->converted + (range->at + i) * r->n_features;
        const char *stored = (const char *)s->table->values + (size_t)i * bytes;
        s->step[range->at + i] = converted ? (const void *)converted : stored;
        if (!data_table_row_is_finite(s->table, i))
            failed = check_odd_row(r, range, i, e);
        if (!failed && converted)
            failed = convert_row(r, range, i, converted, e);
    }
    coordinates_free_rows(&s->range, range->rows);
    return failed;
}

// Loads a range of rows of the split into s->step and s->is_unscored.
static int load_rows(struct row_reader *r, const struct row_range *range, struct err *e)
{
    struct row_source *s = r->source;
    size_t row_bytes = (size_t)r->n_features * store_type_size(s->table->type);

    ASSERT(range->at + range->rows <= s->most, "%lld rows", (long long)range->rows);
    ASSERT(range->first >= 0 && range->first + range->rows <= r->steps, "rows %lld + %lld of %lld",
        (long long)range->first, (long long)range->rows, (long long)r->steps);
    if (s->map.data) {
        if (range->at == 0 && !s->is_loaded) // a new piece begins: the rows read before are not needed
            store_map_advise(&s->map, 0, (size_t)range->first * row_bytes, STORE_MAP_DONE);
        if (!s->is_loaded)
            store_map_advise(
                &s->map, (size_t)range->first * row_bytes, 2 * (size_t)range->rows * row_bytes, STORE_MAP_SOON);
        s->table->values = (const char *)s->map.data + (size_t)range->first * row_bytes;
    } else {
        char *to = (char *)s->read + (size_t)range->at * row_bytes;
        s->table->values = to;
        if (!s->is_loaded &&
            store_read(s->file, s->x_path, s->table->type, store_entries(range->first, range->rows), to, e) != 0)
            return -1;
    }
    return place_rows(r, range, e);
}

// Makes `n` windows of one run. They become windows `to`, `to` + 1, ... of the piece. Their rows begin at row `at` of
// the piece.
static void place_reader_windows(struct row_reader *r, int64_t to, int64_t n, int64_t at)
{
    const struct row_source *s = r->source;

    for (int64_t k = 0; k < n; k++, at += r->windows.step) {
        r->piece.row[to + k] = s->step[at];
        r->piece.is_unscored[to + k] = memchr(s->is_unscored + at, 1, (size_t)r->windows.length) != NULL;
    }
}

// Loads the rows of windows [first, first + windows), run by run, because there may be many rows between runs that no
// window needs.
static int load_windows(struct row_reader *r, int64_t first, int64_t windows, struct err *e)
{
    const struct series_windows *w = &r->windows;
    int64_t at = 0;

    for (int64_t i = first, n; i < first + windows; i += n) {
        n = windows_in_run(w, i, first + windows);
        struct row_range range = {windows_first_step(w, i), at, (n - 1) * w->step + w->length};
        if (load_rows(r, &range, e) != 0)
            return -1;
        place_reader_windows(r, i - first, n, at);
        at += range.rows;
    }
    return 0;
}

const struct dataset *row_reader_read(struct row_reader *r, int64_t first, int64_t rows, struct err *e)
{
    ASSERT(first >= 0 && rows >= 0 && first + rows <= r->rows, "%lld + %lld of %lld", (long long)first, (long long)rows,
        (long long)r->rows);
    struct row_source *s = r->source;

    r->piece.rows = rows;
    s->is_loaded = rows > 0 && first == s->first && rows == s->rows;
    int failed = r->windows.length ? load_windows(r, first, rows, e)
                                   : load_rows(r, &(struct row_range){.first = first, .rows = rows}, e);
    s->first = first;
    s->rows = failed ? 0 : rows;
    return failed ? NULL : &r->piece;
}

int row_reader_step_labels(struct row_reader *r, int64_t first, int64_t steps, int64_t *label, struct err *e)
{
    if (store_read(r->source->file, r->source->label_path, STORE_I64, store_entries(first, steps), label, e) != 0)
        return -1;

    data_table_number_labels(r->source->table, steps, label);
    return 0;
}

// Does the same as row_reader_labels for `n` windows of one run.
static int read_window_labels(struct row_reader *r, int64_t first, int64_t n, int64_t *label, struct err *e)
{
    const struct series_windows *w = &r->windows;
    int64_t decides = window_deciding_step(r->fit->window.label, w->length, NULL), steps = (n - 1) * w->step + 1;
    int64_t *all = mem_array((size_t)steps, sizeof *all, r->name, e);
    int failed = all ? row_reader_step_labels(r, windows_first_step(w, first) + decides, steps, all, e) : -1;

    for (int64_t i = 0; i < n && !failed; i++)
        label[i] = all[i * w->step];
    free(all);
    return failed;
}

int row_reader_labels(struct row_reader *r, int64_t first, int64_t rows, int64_t *label, struct err *e)
{
    int failed = 0;

    if (!r->windows.length)
        return row_reader_step_labels(r, first, rows, label, e);
    for (int64_t i = first, n; i < first + rows && !failed; i += n) {
        n = windows_in_run(&r->windows, i, first + rows);
        failed = read_window_labels(r, i, n, label + (i - first), e);
    }
    return failed;
}

const struct coordinates *row_reader_coordinates(struct row_reader *r, int64_t first, int64_t steps, struct err *e)
{
    const struct row_source *s = r->source;

    coordinates_free_rows(&r->step_coordinates, r->n_step_coordinates);
    r->n_step_coordinates = steps;
    return coordinates_read(s->file, s->table->split, first, steps, &r->step_coordinates, e) == 0 ? &r->step_coordinates
                                                                                                  : NULL;
}

void row_reader_hash(struct row_reader *r, int64_t first, int64_t rows)
{
    struct row_source *s = r->source;
    size_t row_bytes = (size_t)r->n_features * store_type_size(s->table->type);
    int64_t last = first + rows; // end of the rows of the split that these samples cover

    if (r->windows.length)
        last = last == r->rows ? r->steps : windows_first_step(&r->windows, last - 1) + r->windows.length;
    ASSERT(last >= s->hashed && (r->windows.length || first == s->hashed), "%lld rows were hashed, not %lld",
        (long long)s->hashed, (long long)first);
    if (s->map.data)
        hash_stream_add(
            s->hash, (const char *)s->map.data + (size_t)s->hashed * row_bytes, (size_t)(last - s->hashed) * row_bytes);
    s->hashed = last;
}

int row_reader_check(const struct row_reader *r, struct err *e)
{
    const struct row_source *s = r->source;
    char found[17];

    snprintf(found, sizeof found, "%016" PRIx64, hash_stream_value(s->hash));
    if (s->map.data && r->checksum && s->hashed == r->steps && strcmp(found, r->checksum) != 0)
        return err_add(e, ERR_DATA, "%s: %s: damaged: its checksum is %s, written was %s", s->table->path, s->x_path,
            found, r->checksum);
    return store_map_check(&r->source->map, r->checksum, STORE_MAP_LOOK, e);
}
