// Moves the rows into the file in pieces of about 1 MB. A piece is read, converted if the user asks for a type, checked
// and written. Only one piece is in memory at any time.
#include "import/import_write.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "data/label_names.h"
#include "import/import_check.h"
#include "import/import_pair.h"
#include "import/source.h"
#include "store/schema.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 1 << 20 };

struct transfer {
    struct store_file *file; // borrowed, as are the next two members
    const char *split;
    struct import_pair *pair;
    struct store_shape shape;                // of x as written
    struct store_stream *x, *label, *sample; // owned
    struct store_stream *id, *time, *group;  // owned
    struct import_check *check;              // owned
    int64_t columns, piece;                  // number of values per row, number of rows per piece
    void *read, *written;                    // (piece, columns), owned; `written` is NULL if values are not converted
    void *label_read;                        // (piece) as stored, owned
    int64_t *labels, *numbers;               // (piece), owned
    char **ids;                              // (piece), owned; the strings exist only while a piece is moved
    int64_t *times, *groups;                 // (piece), owned
};

static bool has_labels(const struct transfer *t)
{
    return t->pair->x->has_label || t->pair->label;
}

static char *split_path(const struct transfer *t, const char *name)
{
    return mem_format("%s/%s", t->split, name);
}

static int write_image_axis(struct transfer *t, const char *name, int64_t n, const char *long_name, struct err *e)
{
    char *path = split_path(t, name);
    int status = store_write_index(t->file, path, n, long_name, e);
    free(path);
    return status;
}

static int write_feature_names(struct transfer *t, struct err *e)
{
    struct store_shape shape = {.type = STORE_TEXT, .rank = 1, .dims = {t->columns}};
    struct store_about about = {.long_name = "name of the feature", .scales = {DATASET_FEATURE}};
    char *const *given = t->pair->x->features;
    char **names = mem_new((size_t)t->columns, sizeof *names), *path = split_path(t, DATASET_FEATURE);

    for (int64_t i = 0; i < t->columns; i++)
        names[i] = given ? mem_text(given[i]) : mem_format("feature_%lld", (long long)i + 1);
    int status = store_write(t->file, path, &shape, names, &about, e);
    list_free(names, (int)t->columns);
    free(path);
    return status;
}

static int write_split_scales(struct transfer *t, struct err *e)
{
    static const char *const axes[][2] = {{DATASET_HEIGHT, "row of the image"}, {DATASET_WIDTH, "column of the image"},
        {DATASET_CHANNEL, "channel of the image"}};
    int status = t->shape.rank == 2 ? write_feature_names(t, e) : 0;
    for (int d = 1; t->shape.rank > 2 && d < t->shape.rank && status == 0; d++)
        status = write_image_axis(t, axes[d - 1][0], t->shape.dims[d], axes[d - 1][1], e);
    return status;
}

static struct store_stream *begin_stream(struct transfer *t, const char *name, const struct store_shape *shape,
    const struct store_about *about, struct err *e)
{
    char *path = split_path(t, name);
    struct store_stream *s = store_stream_begin(t->file, path, shape, about, e);
    free(path);
    return s;
}

static int begin_coordinate_streams(struct transfer *t, struct err *e)
{
    const struct coordinates *c = &t->pair->x->coordinates;
    const struct store_shape numbers = {.type = STORE_I64, .rank = 1, .dims = {t->shape.dims[0]}};
    const struct store_shape names = {.type = STORE_TEXT, .rank = 1, .dims = {t->shape.dims[0]}};

    if (c->id_name && !(t->id = begin_stream(t, DATASET_ID, &names, &about_id, e)))
        return -1;
    if (c->time_name && !(t->time = begin_stream(t, DATASET_TIME, &numbers, &about_time, e)))
        return -1;
    if (c->group_name && !(t->group = begin_stream(t, DATASET_GROUP, &numbers, &about_group, e)))
        return -1;
    return 0;
}

static int begin_split_streams(struct transfer *t, struct err *e)
{
    const struct store_shape numbers = {.type = STORE_I64, .rank = 1, .dims = {t->shape.dims[0]}};
    const struct store_about sample = {.long_name = "row number", .units = "1", .scales = {DATASET_SAMPLE}};
    const struct store_about label = {.long_name = "label", .units = "1", .scales = {DATASET_SAMPLE}};
    const struct store_about table = {.long_name = "data", .scales = {DATASET_SAMPLE, DATASET_FEATURE}};
    struct store_about image = {.long_name = "data", .scales = {DATASET_SAMPLE, DATASET_HEIGHT, DATASET_WIDTH}};

    if (t->shape.rank == STORE_MAX_RANK)
        image.scales[3] = DATASET_CHANNEL;
    if (write_split_scales(t, e) != 0 || !(t->sample = begin_stream(t, DATASET_SAMPLE, &numbers, &sample, e)))
        return -1;

    t->x = begin_stream(t, DATASET_X, &t->shape, t->shape.rank == 2 ? &table : &image, e);
    if (t->x && has_labels(t))
        t->label = begin_stream(t, DATASET_LABEL, &numbers, &label, e);
    if (!t->x || (has_labels(t) && !t->label))
        return -1;
    return begin_coordinate_streams(t, e);
}

static void add_origin(struct text *t, const struct source *s)
{
    text_add(t, "%s%s", t->length ? ", " : "", s->path);
    if (s->inner)
        text_add(t, ":%s", s->inner);
}

// Appends the names of all files of a table or, if there are many, of the first few and the number of the others.
static void add_files(struct text *t, const struct import_pair *pair)
{
    enum { NAMED = 100 };

    for (int i = 0; i < pair->files.n && i < NAMED; i++)
        text_add(t, "%s%s", i ? ", " : "", pair->files.v[i]);
    if (pair->files.n > NAMED)
        text_add(t, " and %d more", pair->files.n - NAMED);
}

static int set_split_attributes(struct transfer *t, struct err *e)
{
    const struct source *label = t->pair->label ? t->pair->label : t->pair->x;
    const char *label_name = label->label_name ? label->label_name : "label";
    char date[32];
    struct text origin = {0};

    if (t->pair->x->n_files > 1)
        add_files(&origin, t->pair);
    else
        add_origin(&origin, t->pair->x);
    if (t->pair->label)
        add_origin(&origin, t->pair->label);
    int rc = store_set_text(t->file, t->split, DATASET_SOURCE, origin.data, e);
    text_free(&origin);
    if (rc == 0)
        rc = coordinates_write_names(t->file, t->split, &t->pair->x->coordinates, e);
    if (rc == 0)
        rc = columns_write(t->file, t->split, &t->pair->x->columns, e);
    if (rc == 0)
        rc = store_set_text(t->file, t->split, DATASET_CREATED, clock_date(date), e);
    if (rc == 0 && has_labels(t))
        rc = store_set_text(t->file, t->split, DATASET_LABEL_NAME, label_name, e);
    if (rc < 0 || !label->n_label_names)
        return rc;

    char *names = label_names_join(label->label_names, label->n_label_names);
    rc = store_set_text(t->file, t->split, DATASET_LABEL_NAMES, names, e);
    free(names);
    return rc;
}

// Returns the type to write: the type that the user wants, or that of the source.
static enum store_type written_type(enum import_type type, enum store_type stored)
{
    if (type == TYPE_STORED)
        return stored;
    return type == TYPE_F4 ? STORE_F32 : STORE_F64;
}

static int allocate_piece(struct transfer *t, struct err *e)
{
    const char *name = t->pair->x->path;
    size_t read_size = store_type_size(t->pair->x->shape.type), size = store_type_size(t->shape.type);
    int64_t rows = PIECE_BYTES / (t->columns * (int64_t)(size > read_size ? size : read_size));

    rows = rows < t->shape.dims[0] ? rows : t->shape.dims[0];
    t->piece = rows > 0 ? rows : 1;
    ASSERT(t->columns > 0 && t->shape.dims[0] > 0, "%lld columns", (long long)t->columns);
    size_t n = (size_t)(t->piece * t->columns);
    bool is_converted = t->shape.type != t->pair->x->shape.type;
    t->read = mem_array(n, read_size, name, e);
    t->written = is_converted ? mem_array(n, size, name, e) : NULL;
    t->label_read = mem_array((size_t)t->piece, sizeof(int64_t), name, e);
    t->labels = mem_array((size_t)t->piece, sizeof *t->labels, name, e);
    t->numbers = mem_array((size_t)t->piece, sizeof *t->numbers, name, e);
    if (t->id && !(t->ids = mem_array((size_t)t->piece, sizeof *t->ids, name, e)))
        return -1;
    if (t->time && !(t->times = mem_array((size_t)t->piece, sizeof *t->times, name, e)))
        return -1;
    if (t->group && !(t->groups = mem_array((size_t)t->piece, sizeof *t->groups, name, e)))
        return -1;
    t->check = import_check_new(name, &t->shape, t->pair->x->features, e);
    return t->read && (t->written || !is_converted) && t->label_read && t->labels && t->numbers && t->check ? 0 : -1;
}

// Converts t->read (n) to t->written (n) of type f4 or f8. Returns -1 and errors if values are too large for f4.
static int convert_piece(struct transfer *t, int64_t n, struct err *e)
{
    enum { CHUNK = 512 };
    double chunk[CHUNK];
    enum store_type from_type = t->pair->x->shape.type;
    const void *from = t->read;
    float *to = t->written;
    int before = e->count;

    ASSERT(t->written && n <= t->piece * t->columns, "%lld values", (long long)n);
    if (t->shape.type == STORE_F64) {
        source_widen(from_type, from, n, t->written);
        return 0;
    }

    for (int64_t done = 0; done < n; done += CHUNK) {
        int64_t m = n - done < CHUNK ? n - done : CHUNK;
        source_widen(from_type, (const char *)from + (size_t)done * store_type_size(from_type), m, chunk);
        for (int64_t i = 0; i < m; i++) {
            to[done + i] = (float)chunk[i];
            if (isinf(to[done + i]) && isfinite(chunk[i]))
                import_check_beyond(t->check, done + i, chunk[i], e);
        }
    }
    return e->count > before ? -1 : 0;
}

static int move_labels(struct transfer *t, int64_t first, int64_t rows, struct err *e)
{
    struct source *s = t->pair->label;
    const struct source_rows to = {.x = t->label_read};
    if (s && source_read(s, rows, &to, e) != 0)
        return -1;
    if (s) {
        const struct source_values values = {s->path, first, rows, s->shape.type, t->label_read};
        if (source_labels(&values, t->labels, e) < 0)
            return -1;
    }

    ASSERT(t->label && rows <= t->piece, "%lld rows", (long long)rows);
    import_count_labels(t->check, rows, t->labels);
    return store_stream_write(t->label, rows, t->labels, e);
}

static int move_coordinates(struct transfer *t, int64_t rows, struct err *e)
{
    if (t->time)
        import_check_times(t->check, rows, t->times, t->groups);
    if (t->id && store_stream_write(t->id, rows, t->ids, e) != 0)
        return -1;
    if (t->time && store_stream_write(t->time, rows, t->times, e) != 0)
        return -1;
    return t->group ? store_stream_write(t->group, rows, t->groups, e) : 0;
}

static void free_ids(struct transfer *t, int64_t rows)
{
    for (int64_t i = 0; t->ids && i < rows; i++) {
        free(t->ids[i]);
        t->ids[i] = NULL;
    }
}

// Reads, checks and writes rows [first, first + rows).
static int move_piece(struct transfer *t, int64_t first, int64_t rows, struct err *e)
{
    struct source *s = t->pair->x;
    const struct source_rows to = {t->read, s->has_label ? t->labels : NULL, t->ids, t->times, t->groups};
    if (source_read(s, rows, &to, e) != 0)
        return -1;
    if (t->written && convert_piece(t, rows * t->columns, e) != 0)
        return -1;
    ASSERT(rows > 0 && rows <= t->piece, "%lld rows", (long long)rows);
    const void *x = t->written ? t->written : t->read;
    for (int64_t r = 0; r < rows; r++)
        t->numbers[r] = first + r;
    import_check_rows(t->check, rows, x);

    if (store_stream_write(t->x, rows, x, e) != 0 || store_stream_write(t->sample, rows, t->numbers, e) != 0)
        return -1;
    if (move_coordinates(t, rows, e) != 0)
        return -1;
    return has_labels(t) ? move_labels(t, first, rows, e) : 0;
}

// Checks that the source ends after its last row.
static int finish_source(struct source *s, struct err *e)
{
    return s && s->format->finish ? s->format->finish(s, e) : 0;
}

static int move_all(struct transfer *t, struct err *e)
{
    for (int64_t first = 0; first < t->shape.dims[0]; first += t->piece) {
        int64_t left = t->shape.dims[0] - first;
        int moved = move_piece(t, first, left < t->piece ? left : t->piece, e);
        free_ids(t, t->piece);
        if (moved != 0)
            return -1;
    }
    return finish_source(t->pair->x, e) == 0 && finish_source(t->pair->label, e) == 0 ? 0 : -1;
}

// Closes all streams. After a failure (`status` < 0) it reports no further error, because the streams are incomplete
// anyway.
static int end_split_streams(struct transfer *t, int status, struct err *e)
{
    struct err ignored = {0};
    struct err *to = status == 0 ? e : &ignored;
    status |= store_stream_end(&t->sample, to);
    status |= store_stream_end(&t->x, to);
    status |= store_stream_end(&t->label, to);
    status |= store_stream_end(&t->id, to);
    status |= store_stream_end(&t->time, to);
    status |= store_stream_end(&t->group, to);
    return status;
}

static void add_warnings(struct text *warnings, const struct source *s)
{
    if (s && s->warnings.length)
        text_add(warnings, "%s", s->warnings.data);
}

// Fills in the summary, and moves the names of the labels from the source to it.
static void fill_summary(struct transfer *t, struct import_summary *summary)
{
    struct source *label = t->pair->label ? t->pair->label : t->pair->x;

    summary->shape = t->shape;
    summary->bytes = (uint64_t)(t->shape.dims[0] * t->columns) * store_type_size(t->shape.type);
    add_warnings(&summary->warnings, t->pair->x);
    add_warnings(&summary->warnings, t->pair->label);
    import_check_summary(t->check, summary);
    if (t->pair->x->column_notes.length)
        text_add(&summary->columns, "%s", t->pair->x->column_notes.data);
    if (!has_labels(t))
        return;

    summary->label_name = mem_text(label->label_name ? label->label_name : "label");
    summary->label_names = label->label_names;
    summary->n_label_names = label->n_label_names;
    label->label_names = NULL;
    label->n_label_names = 0;
}

static void transfer_free(struct transfer *t)
{
    import_check_free(&t->check);
    free(t->read);
    free(t->written);
    free(t->label_read);
    free(t->labels);
    free(t->numbers);
    free(t->ids);
    free(t->times);
    free(t->groups);
}

int import_write(struct store_file *file, const char *split, struct import_pair *pair, enum import_type type,
    struct import_summary *summary, struct err *e)
{
    struct transfer t = {.file = file, .split = split, .pair = pair, .shape = pair->x->shape};

    t.shape.type = written_type(type, pair->x->shape.type);
    t.columns = source_columns(&t.shape);
    int rc = begin_split_streams(&t, e);
    if (rc == 0)
        rc = allocate_piece(&t, e);
    if (rc == 0)
        rc = move_all(&t, e);
    rc = end_split_streams(&t, rc, e);
    if (rc == 0)
        rc = set_split_attributes(&t, e);
    if (rc == 0)
        fill_summary(&t, summary);

    transfer_free(&t);
    return rc;
}
