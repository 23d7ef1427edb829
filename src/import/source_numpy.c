// NumPy: a .npy file is one array; a .npz file is a zip archive of them, from which the data and their labels are
// taken.
#include "base/input.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/label_texts.h"
#include "import/npy_header.h"
#include "import/source.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

static bool npy_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return n >= 6 && memcmp(head, "\x93NUMPY", 6) == 0;
}

static int array_begin(struct array_reader *array, const struct import_options *o, struct err *e)
{
    if (source_transposes(&array->shape, o))
        array_reader_transpose(array);
    return array_reader_begin(array, e);
}

// A .npy file: an array of numbers, or one of texts that are labels.
struct npy {
    struct array_reader array;
    struct label_texts texts;
};

// Labels may be a single row of them.
static void turn_label_array(struct array_reader *array)
{
    source_turn_labels(&array->shape);
    array->is_column_major = array->is_column_major && array->shape.rank > 1;
}

static int refuse_table_of_texts(const struct array_reader *array, struct err *e)
{
    return err_add(e, ERR_DATA, "%s: found an array of texts of %d dimensions, allowed as labels: one per row",
        byte_stream_name(array->stream), array->shape.rank);
}

static int npy_begin(struct source *s, struct npy *n, const struct import_options *o, struct err *e)
{
    n->array.takes_texts = o->is_label;
    n->array.stream = byte_stream_open(s->path, e);
    if (!n->array.stream || npy_header_read(&n->array, e) != 0)
        return -1;
    if (o->is_label)
        turn_label_array(&n->array);
    if (n->array.text_length && n->array.shape.rank != 1)
        return refuse_table_of_texts(&n->array, e);
    return n->array.text_length ? 0 : array_begin(&n->array, o, e);
}

static int npy_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct npy *n = s->state = mem_new(1, sizeof *n);

    if (npy_begin(s, n, o, e) != 0)
        return -1;

    s->shape = n->array.shape;
    if (!n->array.text_length)
        return 0;

    s->shape.type = STORE_I64;
    if (label_texts_add_all(&n->texts, &n->array, e) != 0 || label_texts_finish(&n->texts, s->path, s, e) != 0)
        return -1;

    array_reader_free(&n->array);
    n->array = (struct array_reader){0};
    return npy_begin(s, n, o, e);
}

static int npy_read(struct source *s, int64_t rows, void *x, int64_t *label, struct err *e)
{
    struct npy *n = s->state;

    (void)label;
    return n->array.text_length ? label_texts_read(&n->texts, &n->array, rows, x, e)
                                : array_reader_read(&n->array, rows, x, e);
}

static int npy_finish(struct source *s, struct err *e)
{
    struct npy *n = s->state;

    return n->array.text_length ? byte_stream_finish(n->array.stream, e) : array_reader_finish(&n->array, e);
}

static void npy_close(struct source *s)
{
    struct npy *n = s->state;

    if (!n)
        return;
    array_reader_free(&n->array);
    label_texts_free(&n->texts);
    free(n);
}

const struct source_format source_npy = {
    .name = "NumPy .npy",
    .heeds = HEEDS_ARRAY,
    .recognise = npy_recognise,
    .open = npy_open,
    .read = npy_read,
    .finish = npy_finish,
    .close = npy_close,
};

struct npz {
    zip_t *archive;
    char **names; // (n) arrays, owned; without the ending .npy
    uint64_t *members;
    int n;
    struct array_reader x, label;
    struct label_texts texts; // of an array of texts as labels
    bool has_label, has_only_labels;
    void *labels; // room for a piece of them as stored, owned
    int64_t room;
};

static bool npz_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0); // the latter: empty
}

static int open_archive(struct npz *z, const char *path, struct err *e)
{
    int code;
    const char *why;

    if (input_check(path, &why) != 0)
        return err_add(e, ERR_DATA, "%s: %s", path, why);
    z->archive = zip_open(path, ZIP_RDONLY, &code);
    if (!z->archive) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        err_add(e, ERR_DATA, "%s: not a readable zip archive: %s: is it truncated?", path, zip_error_strerror(&error));
        zip_error_fini(&error);
        return -1;
    }
    zip_int64_t n = zip_get_num_entries(z->archive, 0);

    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = zip_get_name(z->archive, (zip_uint64_t)i, 0);
        size_t length = name ? strlen(name) : 0;
        if (length <= 4 || strcmp(name + length - 4, ".npy") != 0)
            continue;
        z->names = mem_grow(z->names, (size_t)z->n + 1, sizeof *z->names);
        z->members = mem_grow(z->members, (size_t)z->n + 1, sizeof *z->members);
        z->names[z->n] = mem_format("%.*s", (int)length - 4, name);
        z->members[z->n++] = (uint64_t)i;
    }

    return z->n > 0 ? 0 : err_add(e, ERR_DATA, "%s: a zip archive without NumPy arrays: unpack it first", path);
}

static int find_array(const struct npz *z, const char *name)
{
    for (int i = 0; i < z->n; i++)
        if (strcmp(z->names[i], name) == 0)
            return i;
    return -1;
}

static int open_array(struct npz *z, int i, const char *path, struct array_reader *array, struct err *e)
{
    char *name = mem_format("%s:%s", path, z->names[i]);
    array->stream = byte_stream_open_member(z->archive, z->members[i], name, e);
    free(name);
    return array->stream ? npy_header_read(array, e) : -1;
}

// The only array of two or more dimensions: its number, or -1 if there is none or several.
static int only_table(struct npz *z, const char *path)
{
    int found = -1;

    for (int i = 0; i < z->n; i++) {
        struct err ignored = {0};
        struct array_reader array = {0};
        bool is_table = open_array(z, i, path, &array, &ignored) == 0 && array.shape.rank >= 2;
        array_reader_free(&array);
        if (is_table && found >= 0)
            return -1;
        if (is_table)
            found = i;
    }

    return found;
}

// The array that the user names or, where he names none, one of those that are usual: its number, or -1.
static int choose_array(const struct npz *z, const char *wanted, const char *const *usual)
{
    int found = wanted ? find_array(z, wanted) : -1;
    for (; !wanted && *usual && found < 0; usual++)
        found = find_array(z, *usual);
    return found;
}

static int refuse_choice(const struct npz *z, const char *path, const char *option, const char *wanted, struct err *e)
{
    struct text list = {0};

    for (int i = 0; i < z->n; i++)
        text_add(&list, "%s%s", i ? ", " : "", z->names[i]);
    char found[QUOTE_ROOM];
    if (wanted)
        err_add(e, ERR_DATA, "%s: %s: found '%s', allowed: %s", path, option, text_quote(found, wanted, strlen(wanted)),
            list.data);
    else
        err_add(e, ERR_DATA, "%s: which array holds the data? Say %s NAME, one of: %s", path, option, list.data);
    text_free(&list);
    return -1;
}

static int open_labels(struct npz *z, int i, const char *path, struct err *e)
{
    z->label.takes_texts = true;
    if (open_array(z, i, path, &z->label, e) != 0)
        return -1;
    turn_label_array(&z->label);
    if (!z->label.text_length)
        return array_reader_begin(&z->label, e);
    z->label.columns = 1;
    return z->label.shape.rank == 1 ? 0 : refuse_table_of_texts(&z->label, e);
}

// Texts are read once to know which there are, then again from the beginning.
static int number_texts(struct npz *z, int i, struct source *s, struct err *e)
{
    if (label_texts_add_all(&z->texts, &z->label, e) != 0 ||
        label_texts_finish(&z->texts, byte_stream_name(z->label.stream), s, e) != 0)
        return -1;
    array_reader_free(&z->label);
    z->label = (struct array_reader){0};
    return open_labels(z, i, s->path, e);
}

static const char *const usual_label[] = {"y", "labels", "label", NULL};

// An archive whose labels belong to another source.
static int open_only_labels(struct source *s, struct npz *z, struct err *e)
{
    int i = z->n == 1 ? 0 : choose_array(z, NULL, usual_label);
    struct text list = {0};

    if (i < 0) {
        for (int k = 0; k < z->n; k++)
            text_add(&list, "%s%s", k ? ", " : "", z->names[k]);
        err_add(e, ERR_DATA, "%s: found arrays %s, allowed for labels: one array, or one called y, labels or label",
            s->path, list.data);
        text_free(&list);
        return -1;
    }
    if (open_labels(z, i, s->path, e) != 0)
        return -1;

    z->has_only_labels = true;
    s->shape = z->label.shape;
    s->label_name = mem_text(z->names[i]);
    if (!z->label.text_length)
        return 0;

    s->shape.type = STORE_I64;
    return number_texts(z, i, s, e);
}

static int choose_and_open(struct npz *z, const char *path, const struct import_options *o, struct err *e)
{
    static const char *const usual_x[] = {"X", "x", NULL};
    int x = choose_array(z, o->x, usual_x);

    if (x < 0 && !o->x && z->n == 1)
        x = 0;
    if (x < 0 && !o->x)
        x = only_table(z, path);
    if (x < 0)
        refuse_choice(z, path, "--x", o->x, e);
    else
        (void)(open_array(z, x, path, &z->x, e) == 0 && array_begin(&z->x, o, e));
    int label = choose_array(z, o->label, usual_label);
    if (label < 0 && o->label)
        refuse_choice(z, path, "--label", o->label, e);
    z->has_label = label >= 0 && label != x;
    if (z->has_label)
        open_labels(z, label, path, e);
    return e->kind ? -1 : label;
}

// The labels must be one number a row.
static int check_npz_labels(const struct npz *z, struct err *e)
{
    if (z->label.columns != 1)
        return err_add(e, ERR_DATA, "%s: found %lld labels a row, allowed: 1", byte_stream_name(z->label.stream),
            (long long)z->label.columns);
    if (z->label.shape.dims[0] != z->x.shape.dims[0])
        return err_add(e, ERR_DATA, "%s: found %lld labels for %lld rows", byte_stream_name(z->label.stream),
            (long long)z->label.shape.dims[0], (long long)z->x.shape.dims[0]);
    return 0;
}

static int npz_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct npz *z = s->state = mem_new(1, sizeof *z);
    if (open_archive(z, s->path, e) != 0)
        return -1;
    if (o->is_label)
        return open_only_labels(s, z, e);
    int label = choose_and_open(z, s->path, o, e);
    if (e->kind || (z->has_label && check_npz_labels(z, e) != 0))
        return -1;
    s->shape = z->x.shape;
    s->has_label = z->has_label;
    s->label_name = z->has_label ? mem_text(z->names[label]) : NULL;

    return z->has_label && z->label.text_length ? number_texts(z, label, s, e) : 0;
}

static int npz_read(struct source *s, int64_t rows, void *x, int64_t *label, struct err *e)
{
    struct npz *z = s->state;
    int64_t first = z->x.row;

    if (z->has_only_labels)
        return z->label.text_length ? label_texts_read(&z->texts, &z->label, rows, x, e)
                                    : array_reader_read(&z->label, rows, x, e);
    if (array_reader_read(&z->x, rows, x, e) != 0)
        return -1;
    if (!z->has_label)
        return 0;
    if (z->label.text_length)
        return label_texts_read(&z->texts, &z->label, rows, label, e);
    if (rows > z->room) {
        z->labels = mem_grow(z->labels, (size_t)rows, sizeof(int64_t));
        z->room = rows;
    }
    if (array_reader_read(&z->label, rows, z->labels, e) != 0)
        return -1;
    return source_labels(byte_stream_name(z->label.stream), first, z->label.shape.type, rows, z->labels, label, e);
}

static int npz_finish(struct source *s, struct err *e)
{
    struct npz *z = s->state;
    bool has_label = z->has_label || z->has_only_labels;

    if (!z->has_only_labels && array_reader_finish(&z->x, e) != 0)
        return -1;
    if (has_label && z->label.text_length)
        return byte_stream_finish(z->label.stream, e);
    return has_label ? array_reader_finish(&z->label, e) : 0;
}

static void npz_close(struct source *s)
{
    struct npz *z = s->state;
    if (!z)
        return;
    array_reader_free(&z->x);
    array_reader_free(&z->label);
    label_texts_free(&z->texts);
    if (z->archive)
        zip_discard(z->archive);
    list_free(z->names, z->n);
    free(z->members);
    free(z->labels);
    free(z);
}

const struct source_format source_npz = {
    .name = "NumPy .npz",
    .heeds = HEEDS_X | HEEDS_LABEL | HEEDS_ARRAY,
    .recognise = npz_recognise,
    .open = npz_open,
    .read = npz_read,
    .finish = npz_finish,
    .close = npz_close,
};
