// Finds the format of a file, and holds the code that formats share: for the order of axes, and for labels.
#include "import/source.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/columns.h"
#include "data/coordinates.h"
#include "import/byte_stream.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// A file is read by the first format that recognises it. CSV comes last because it accepts any text.
static const struct source_format *const formats[] = {
    &source_hdf5, &source_npz, &source_npy, &source_image, &source_idx, &source_csv};

enum { HEAD_BYTES = 4096, MAX_COLUMNS = 1 << 24, MAX_LABEL_ERRORS = 5 };

// Splits "FILE:/inner" into file and inner name, unless a file has the whole string as its name.
static void split_source_name(struct source *s, const char *name)
{
    const char *colon = NULL;

    for (const char *at = name; (at = strstr(at, ":/")); at++)
        colon = at;
    if (!colon || colon == name || access(name, F_OK) == 0) {
        s->path = mem_text(name);
        return;
    }
    s->path = mem_format("%.*s", (int)(colon - name), name);
    s->inner = mem_text(colon + 1);
}

// Reads up to HEAD_BYTES bytes. Returns the number read, or -1 and an error if there are none.
static int read_first_bytes(const char *path, unsigned char head[HEAD_BYTES], struct err *e)
{
    struct byte_stream *stream = byte_stream_open(path, e);
    if (!stream)
        return -1;

    // A truncated gzip file is recognised by its beginning; its format reports the error later.
    struct err ignored = {0};
    int64_t n = 0;
    while (n < HEAD_BYTES && byte_stream_read(stream, head + n, 1, &ignored) == 1)
        n++;
    byte_stream_free(&stream);
    if (n == 0 && ignored.kind)
        err_merge(e, &ignored);
    else if (n == 0)
        err_add(e, ERR_DATA, "%s: the file is empty", path);
    return n > 0 ? (int)n : -1;
}

// Returns true if less than half of the bytes are zeros and all others can be part of text. Most binary formats contain
// other control characters.
static bool is_text_but_zeros(const unsigned char *head, int n)
{
    int zeros = 0;

    for (int i = 0; i < n; i++) {
        if (head[i] != 0 && head[i] < ' ' && !strchr("\t\n\r\f", head[i]))
            return false;
        zeros += head[i] == 0;
    }
    return zeros < n / 2;
}

static int recognise_format(struct source *s, struct err *e)
{
    unsigned char head[HEAD_BYTES];
    struct stat status;

    if (!s->inner && stat(s->path, &status) == 0 && S_ISDIR(status.st_mode)) {
        s->format = &source_image;
        return 0;
    }
    int n = read_first_bytes(s->path, head, e);
    if (n < 0)
        return -1;
    if (n >= 2 && (memcmp(head, "\xff\xfe", 2) == 0 || memcmp(head, "\xfe\xff", 2) == 0))
        return err_add(e, ERR_DATA, "%s: found UTF-16, allowed: UTF-8; hint: iconv -f UTF-16 -t UTF-8", s->path);

    for (size_t i = 0; i < sizeof formats / sizeof formats[0] && !s->format; i++)
        if (formats[i]->recognise(s->path, head, (size_t)n))
            s->format = formats[i];

    const unsigned char *zero = s->format ? NULL : memchr(head, 0, (size_t)n);
    if (zero && is_text_but_zeros(head, n))
        return err_add(e, ERR_DATA,
            "%s: found a byte 0 at offset %d of what looks like text, allowed in CSV: none; hint: tr -d '\\000' <%s "
            ">FILE.csv, if the rest is whole",
            s->path, (int)(zero - head), s->path);
    if (!s->format)
        return err_add(
            e, ERR_DATA, "%s: of no known format; allowed: IDX, CSV, NumPy .npy and .npz, PNG, JPEG, HDF5", s->path);
    if (s->inner && s->format != &source_hdf5)
        return err_add(e, ERR_DATA,
            "%s: found ':%s' after the name of a file of format %s, allowed: only after that of an HDF5 file", s->path,
            s->inner, s->format->name);
    return 0;
}

bool source_is_csv(const char *path)
{
    struct source s = {.path = (char *)(uintptr_t)path};
    struct err ignored = {0};
    return recognise_format(&s, &ignored) == 0 && s.format == &source_csv;
}

// Refuses several files unless they are CSV files, because only these are joined.
static int check_table_files(const struct source *s, const struct import_options *o, struct err *e)
{
    if (o->n_tables == 0 || s->format == &source_csv)
        return 0;
    return err_add(e, ERR_USAGE,
        "%s: found %d SRC, the first of format %s, allowed: data and labels, or CSV files with the same columns; other "
        "sources are joined in an experiment, under data: train:",
        s->path, o->n_tables, s->format->name);
}

struct source *source_open(const char *name, const struct import_options *o, struct err *e)
{
    struct source *s = mem_new(1, sizeof *s);
    split_source_name(s, name);
    if (recognise_format(s, e) == 0 && check_table_files(s, o, e) == 0 && s->format->open(s, o, e) == 0)
        return s;
    source_free(&s);
    return NULL;
}

void source_free(struct source **s)
{
    if (!*s)
        return;

    if ((*s)->format)
        (*s)->format->close(*s);
    if ((*s)->features)
        list_free((*s)->features, (int)(*s)->shape.dims[1]);
    list_free((*s)->label_names, (*s)->n_label_names);
    free((*s)->label_name);
    free((*s)->note);
    text_free(&(*s)->warnings);
    text_free(&(*s)->column_notes);
    coordinates_free(&(*s)->coordinates, 0);
    columns_free(&(*s)->columns);
    free((*s)->inner);
    free((*s)->path);
    free(*s);
    *s = NULL;
}

int64_t source_columns(const struct store_shape *shape)
{
    int64_t columns = 1;

    ASSERT(shape->rank >= 0 && shape->rank <= STORE_MAX_RANK, "rank %d", shape->rank);
    for (int d = 1; d < shape->rank; d++) {
        if (shape->dims[d] == 0)
            return 0;
        if (columns > MAX_COLUMNS || shape->dims[d] > MAX_COLUMNS)
            return -1;
        columns *= shape->dims[d];
    }
    return columns <= MAX_COLUMNS ? columns : -1;
}

// --- order of axes

bool source_transposes(const struct store_shape *shape, const struct import_options *o)
{
    return o->transpose && shape->rank > 1 && source_columns(shape) != 1;
}

static bool could_be_channels(int64_t n)
{
    return n == 1 || n == 3 || n == 4;
}

int source_order_channels(struct source *s, const struct import_options *o, struct err *e)
{
    ASSERT(s->shape.rank >= 1 && s->shape.rank <= STORE_MAX_RANK, "rank %d", s->shape.rank);
    int64_t *dims = s->shape.dims, C = dims[1], H = dims[2], W = dims[3];

    if (o->channels == CHANNELS_FIRST && s->shape.rank != 4)
        return err_add(e, ERR_DATA, "%s: --channels first: found an array of %d dimensions, allowed: 4 (N, C, H, W)",
            s->path, s->shape.rank);
    if (o->channels == CHANNELS_FIRST) {
        s->has_channels_first = true;
        dims[1] = H;
        dims[2] = W;
        dims[3] = C;
    } else if (o->channels == CHANNELS_AUTO && s->shape.rank == 4 && could_be_channels(C) && !could_be_channels(W)) {
        text_add(&s->warnings,
            "%s: found rows of %lld x %lld x %lld: are channels first? --channels first makes them %lld x %lld x %lld; "
            "--channels last keeps them as they are\n",
            s->path, (long long)C, (long long)H, (long long)W, (long long)H, (long long)W, (long long)C);
    }
    return 0;
}

// Turns one row (C, H, W) into (H, W, C), in place. An element has `size` bytes. `copy` has space for the row.
static void move_channels_last(char *row, char *copy, const struct store_shape *shape, size_t size)
{
    size_t pixels = (size_t)(shape->dims[1] * shape->dims[2]), C = (size_t)shape->dims[3];

    ASSERT(shape->rank == 4, "rank %d", shape->rank);
    memcpy(copy, row, pixels * C * size);
    for (size_t k = 0; k < pixels; k++)
        for (size_t c = 0; c < C; c++)
            memcpy(row + (k * C + c) * size, copy + (c * pixels + k) * size, size);
}

int source_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e)
{
    size_t size = store_type_size(s->shape.type), row_bytes = (size_t)source_columns(&s->shape) * size;

    ASSERT(rows > 0 && (to->label || !s->has_label), "%lld rows of %s", (long long)rows, s->path);
    if (s->format->read(s, rows, to, e) != 0)
        return -1;
    if (!s->has_channels_first)
        return 0;

    char *copy = mem_new(row_bytes, 1);
    for (int64_t r = 0; r < rows; r++)
        move_channels_last((char *)to->x + (size_t)r * row_bytes, copy, &s->shape, size);
    free(copy);
    return 0;
}

void source_turn_labels(struct store_shape *shape)
{
    if (shape->rank == 2 && (shape->dims[0] == 1 || shape->dims[1] == 1))
        *shape = (struct store_shape){shape->type, 1, {shape->dims[0] * shape->dims[1]}};
}

// --- labels

#define WIDEN(TYPE)                              \
    for (int64_t i = 0; i < n; i++)              \
        to[i] = (double)((const TYPE *)from)[i]; \
    break

void source_widen(enum store_type type, const void *from, int64_t n, double *to)
{
    ASSERT(type != STORE_TEXT && n >= 0, "%lld values of type %d", (long long)n, (int)type);

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
        break;
    }
}

static int refuse_label(const struct source_values *v, int64_t i, double found, struct err *e)
{
    char text[32];
    const char *what = isinf(found) ? "an infinite value" : text_number(text, found);

    return err_add(e, ERR_DATA, "%s: row %lld: label: found %s, allowed: an integer", v->name,
        (long long)(v->first + i), isnan(found) ? "a missing value" : what);
}

int source_labels(const struct source_values *v, int64_t *label, struct err *e)
{
    size_t size = store_type_size(v->type);
    int bad = 0;

    if (v->type == STORE_I64) {
        memcpy(label, v->values, (size_t)v->n * sizeof *label);
        return 0;
    }

    for (int64_t i = 0; i < v->n && bad < MAX_LABEL_ERRORS; i++) {
        double found;
        source_widen(v->type, (const char *)v->values + (size_t)i * size, 1, &found);
        if (found == floor(found) && fabs(found) <= 0x1p53) {
            label[i] = (int64_t)found;
            continue;
        }
        refuse_label(v, i, found, e);
        bad++;
    }
    return bad ? -1 : 0;
}
