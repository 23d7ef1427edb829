// Rows in pieces: read, converted where asked, checked, written. What is held in memory is one piece, whatever the size
// of the files.
#include "import/import_write.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "import/import_check.h"
#include "store/schema.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 1 << 20 };

struct transfer {
    struct store_file *file; // borrowed, as are the next two
    const char *split;
    struct import_pair *pair;
    struct store_shape shape;                // of x as written
    struct store_stream *x, *label, *sample; // owned
    struct import_check *check;              // owned
    int64_t columns, piece;                  // values a row, rows a piece
    void *read, *written;                    // (piece, columns), owned; `written` NULL: nothing is converted
    void *label_read;                        // (piece) as stored, owned
    int64_t *labels, *numbers;               // (piece), owned
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
    return t->x && (t->label || !has_labels(t)) ? 0 : -1;
}

static void add_origin(struct text *t, const struct source *s)
{
    text_add(t, "%s%s%s%s", t->length ? ", " : "", s->path, s->inner ? ":" : "", s->inner ? s->inner : "");
}

static int set_split_attributes(struct transfer *t, struct err *e)
{
    const struct source *label = t->pair->label ? t->pair->label : t->pair->x;
    char date[32];
    struct text origin = {0}, names = {0};

    add_origin(&origin, t->pair->x);
    if (t->pair->label)
        add_origin(&origin, t->pair->label);
    for (int i = 0; i < label->n_label_names; i++)
        text_add(&names, "%s%s", i ? "\n" : "", label->label_names[i]);
    int status = store_set_text(t->file, t->split, DATASET_SOURCE, origin.data, e);
    if (status == 0)
        status = store_set_text(t->file, t->split, DATASET_CREATED, clock_date(date), e);
    if (status == 0 && has_labels(t))
        status =
            store_set_text(t->file, t->split, DATASET_LABEL_NAME, label->label_name ? label->label_name : "label", e);
    if (status == 0 && names.data)
        status = store_set_text(t->file, t->split, DATASET_LABEL_NAMES, names.data, e);
    text_free(&origin);
    text_free(&names);

    return status;
}

// The source's type, or the one that was asked for.
static enum store_type written_type(enum import_type type, enum store_type stored)
{
    return type == TYPE_F4 ? STORE_F32 : type == TYPE_F8 ? STORE_F64 : stored;
}

static int allocate_piece(struct transfer *t, struct err *e)
{
    const char *name = t->pair->x->path;
    size_t read_size = store_type_size(t->pair->x->shape.type), size = store_type_size(t->shape.type);
    int64_t rows = PIECE_BYTES / (t->columns * (int64_t)(size > read_size ? size : read_size));

    t->piece = rows < 1 ? 1 : rows < t->shape.dims[0] ? rows : t->shape.dims[0];
    size_t n = (size_t)(t->piece * t->columns);
    bool is_converted = t->shape.type != t->pair->x->shape.type;
    t->read = mem_array(n, read_size, name, e);
    t->written = is_converted ? mem_array(n, size, name, e) : NULL;
    t->label_read = mem_array((size_t)t->piece, sizeof(int64_t), name, e);
    t->labels = mem_array((size_t)t->piece, sizeof *t->labels, name, e);
    t->numbers = mem_array((size_t)t->piece, sizeof *t->numbers, name, e);
    t->check = import_check_new(name, &t->shape, t->pair->x->features, e);

    return t->read && (t->written || !is_converted) && t->label_read && t->labels && t->numbers && t->check ? 0 : -1;
}

#define WIDEN(TYPE)                              \
    for (int64_t i = 0; i < n; i++)              \
        to[i] = (double)((const TYPE *)from)[i]; \
    break

static void widen_to_doubles(enum store_type type, const void *from, int64_t n, double *to)
{
    switch (type) {
    case STORE_U8:
        WIDEN(uint8_t);
    case STORE_I8:
        WIDEN(int8_t);
    case STORE_I16:
        WIDEN(int16_t);
    case STORE_I32:
        WIDEN(int32_t);
    case STORE_I64:
        WIDEN(int64_t);
    case STORE_F32:
        WIDEN(float);
    case STORE_F64:
        WIDEN(double);
    case STORE_TEXT:
        ASSERT(false, "texts are no data");
    }
}

// t->written (n) of type f4 or f8 := t->read (n). -1 and errors for values beyond f4.
static int convert_piece(struct transfer *t, int64_t n, struct err *e)
{
    enum { CHUNK = 512 };
    double chunk[CHUNK];
    enum store_type from_type = t->pair->x->shape.type;
    const void *from = t->read;
    float *to = t->written;
    int before = e->count;

    if (t->shape.type == STORE_F64) {
        widen_to_doubles(from_type, from, n, t->written);
        return 0;
    }

    for (int64_t done = 0; done < n; done += CHUNK) {
        int64_t m = n - done < CHUNK ? n - done : CHUNK;
        widen_to_doubles(from_type, (const char *)from + (size_t)done * store_type_size(from_type), m, chunk);
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
    if (s && source_read(s, rows, t->label_read, NULL, e) != 0)
        return -1;
    if (s && source_labels(s->path, first, s->shape.type, rows, t->label_read, t->labels, e) != 0)
        return -1;
    import_count_labels(t->check, rows, t->labels);
    return store_stream_write(t->label, rows, t->labels, e);
}

static int move_piece(struct transfer *t, int64_t first, int64_t rows, struct err *e)
{
    struct source *s = t->pair->x;
    if (source_read(s, rows, t->read, s->has_label ? t->labels : NULL, e) != 0)
        return -1;
    if (t->written && convert_piece(t, rows * t->columns, e) != 0)
        return -1;
    const void *x = t->written ? t->written : t->read;
    for (int64_t r = 0; r < rows; r++)
        t->numbers[r] = first + r;
    import_check_rows(t->check, rows, x);
    if (store_stream_write(t->x, rows, x, e) != 0 || store_stream_write(t->sample, rows, t->numbers, e) != 0)
        return -1;
    return has_labels(t) ? move_labels(t, first, rows, e) : 0;
}

static int finish_source(struct source *s, struct err *e)
{
    return s && s->format->finish ? s->format->finish(s, e) : 0;
}

static int move_all(struct transfer *t, struct err *e)
{
    for (int64_t first = 0; first < t->shape.dims[0]; first += t->piece) {
        int64_t left = t->shape.dims[0] - first;
        if (move_piece(t, first, left < t->piece ? left : t->piece, e) != 0)
            return -1;
    }
    return finish_source(t->pair->x, e) == 0 && finish_source(t->pair->label, e) == 0 ? 0 : -1;
}

// All streams are closed, whatever happened; after a failure that they lack rows is no news.
static int end_split_streams(struct transfer *t, int status, struct err *e)
{
    struct err ignored = {0};
    struct err *to = status == 0 ? e : &ignored;
    status |= store_stream_end(&t->sample, to);
    status |= store_stream_end(&t->x, to);
    status |= store_stream_end(&t->label, to);
    return status;
}

static void add_warnings(struct text *warnings, const struct source *s)
{
    if (s && s->warnings.length)
        text_add(warnings, "%s", s->warnings.data);
}

static void fill_summary(struct transfer *t, struct import_summary *summary)
{
    const struct source *label = t->pair->label ? t->pair->label : t->pair->x;

    summary->shape = t->shape;
    summary->bytes = (uint64_t)(t->shape.dims[0] * t->columns) * store_type_size(t->shape.type);
    add_warnings(&summary->warnings, t->pair->x);
    add_warnings(&summary->warnings, t->pair->label);
    import_check_summary(t->check, summary);
    if (!has_labels(t))
        return;

    summary->label_name = mem_text(label->label_name ? label->label_name : "label");
    summary->n_label_names = label->n_label_names;
    summary->label_names = mem_new((size_t)label->n_label_names, sizeof *summary->label_names);
    for (int i = 0; i < label->n_label_names; i++)
        summary->label_names[i] = mem_text(label->label_names[i]);
}

int import_write(struct store_file *file, const char *split, struct import_pair *pair, enum import_type type,
    struct import_summary *summary, struct err *e)
{
    struct transfer t = {.file = file, .split = split, .pair = pair, .shape = pair->x->shape};

    t.shape.type = written_type(type, pair->x->shape.type);
    t.columns = source_columns(&t.shape);

    int status = allocate_piece(&t, e);
    if (status == 0)
        status = begin_split_streams(&t, e);
    if (status == 0)
        status = move_all(&t, e);
    status = end_split_streams(&t, status, e);
    if (status == 0)
        status = set_split_attributes(&t, e);
    if (status == 0)
        fill_summary(&t, summary);
    import_check_free(&t.check);
    free(t.read);
    free(t.written);
    free(t.label_read);
    free(t.labels);
    free(t.numbers);

    return status;
}
