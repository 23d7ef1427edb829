// Reads NumPy files. A .npy file holds one array. A .npz file is a zip archive of arrays, which may hold the data and
// their labels. Both kinds of file are read with struct npy_array.
#include "base/err.h"
#include "base/input.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/array_reader.h"
#include "import/byte_stream.h"
#include "import/label_texts.h"
#include "import/npy_header.h"
#include "import/source.h"
#include <stdlib.h>
#include <string.h>
#include <zip.h>

// --- one array

// An array of numbers, or of strings that are labels (`numbers.text_length` > 0). Strings are read twice: first to
// collect the distinct ones, then to number them.
struct npy_array {
    struct array_reader numbers; // owns the stream
    struct label_texts strings;
};

// Reads the header of the array, whose stream is open. If `o` is NULL, the array is never transposed. Returns -1 and an
// error if the array cannot be used.
static int npy_array_begin(struct npy_array *a, bool is_label, const struct import_options *o, struct err *e)
{
    struct array_reader *r = &a->numbers;

    r->takes_texts = is_label;
    if (!r->stream || npy_header_read(r, e) < 0)
        return -1;

    if (is_label) {
        source_turn_labels(&r->shape);
        r->is_column_major = r->is_column_major && r->shape.rank > 1;
    }
    if (r->text_length) {
        r->columns = 1;
        return r->shape.rank == 1
                   ? 0
                   : err_add(e, ERR_DATA,
                         "%s: found an array of strings with %d dimensions, allowed as labels: one per row",
                         byte_stream_name(r->stream), r->shape.rank);
    }

    if (o && source_transposes(&r->shape, o))
        array_reader_transpose(r);
    return array_reader_begin(r, e);
}

// Reads all strings and numbers the distinct ones. Closes the array, which must be opened again to read the labels.
static int npy_array_number(struct npy_array *a, struct source *s, struct err *e)
{
    if (label_texts_add_all(&a->strings, &a->numbers, e) < 0 ||
        label_texts_finish(&a->strings, byte_stream_name(a->numbers.stream), s, e) < 0)
        return -1;

    array_reader_free(&a->numbers);
    a->numbers = (struct array_reader){0};
    return 0;
}

static int npy_array_read(struct npy_array *a, int64_t rows, void *to, struct err *e)
{
    ASSERT(a->numbers.stream && rows >= 0, "%lld rows", (long long)rows);
    return a->numbers.text_length ? label_texts_read(&a->strings, &a->numbers, rows, to, e)
                                  : array_reader_read(&a->numbers, rows, to, e);
}

static int npy_array_finish(struct npy_array *a, struct err *e)
{
    return a->numbers.text_length ? byte_stream_finish(a->numbers.stream, e) : array_reader_finish(&a->numbers, e);
}

static void npy_array_free(struct npy_array *a)
{
    array_reader_free(&a->numbers);
    label_texts_free(&a->strings);
}

// --- .npy

static bool npy_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return n >= 6 && memcmp(head, "\x93NUMPY", 6) == 0;
}

static int npy_begin(struct source *s, const struct import_options *o, struct err *e)
{
    struct npy_array *a = s->state;

    a->numbers.stream = byte_stream_open(s->path, e);
    return npy_array_begin(a, o->is_label, o, e);
}

static int npy_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct npy_array *a = s->state = mem_new(1, sizeof *a);

    if (npy_begin(s, o, e) < 0)
        return -1;
    s->shape = a->numbers.shape;
    if (!a->numbers.text_length)
        return 0;

    s->shape.type = STORE_I64;
    return npy_array_number(a, s, e) == 0 ? npy_begin(s, o, e) : -1;
}

static int npy_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e)
{
    return npy_array_read(s->state, rows, to->x, e);
}

static int npy_finish(struct source *s, struct err *e)
{
    return npy_array_finish(s->state, e);
}

static void npy_close(struct source *s)
{
    if (s->state)
        npy_array_free(s->state);
    free(s->state);
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

// --- .npz

struct npz {
    zip_t *archive;
    char **names; // (n), owned: names of the arrays, without the ending .npy
    uint64_t *members;
    int n;
    struct npy_array x, label;
    bool has_x, has_label; // whether the archive holds the data; whether it holds the labels
    void *labels;          // (room), owned: a piece of the labels as stored
    int64_t room;
};

static bool npz_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    return n >= 4 && (memcmp(head, "PK\3\4", 4) == 0 || memcmp(head, "PK\5\6", 4) == 0); // "PK\5\6": an empty archive
}

// Lists the arrays of the archive.
static void list_arrays(struct npz *z)
{
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

    list_arrays(z);
    return z->n > 0 ? 0 : err_add(e, ERR_DATA, "%s: a zip archive without NumPy arrays: unpack it first", path);
}

static int find_array(const struct npz *z, const char *name)
{
    for (int i = 0; i < z->n; i++)
        if (strcmp(z->names[i], name) == 0)
            return i;
    return -1;
}

// Opens array number i of the archive. Returns NULL and an error if it cannot be unpacked.
static struct byte_stream *open_array(const struct npz *z, int i, const char *path, struct err *e)
{
    ASSERT(i >= 0 && i < z->n, "array %d of %d", i, z->n);
    char *name = mem_format("%s:%s", path, z->names[i]);
    struct byte_stream *stream = byte_stream_open_member(z->archive, z->members[i], name, e);
    free(name);
    return stream;
}

// Returns the number of the only array with two or more dimensions, or -1 if there is none or more than one.
static int only_table(const struct npz *z, const char *path)
{
    int found = -1;

    for (int i = 0; i < z->n; i++) {
        struct err ignored = {0};
        struct array_reader array = {.stream = open_array(z, i, path, &ignored)};
        bool is_table = array.stream && npy_header_read(&array, &ignored) == 0 && array.shape.rank >= 2;
        array_reader_free(&array);
        if (is_table && found >= 0)
            return -1;
        if (is_table)
            found = i;
    }
    return found;
}

// Returns the number of the array `wanted` or, if that is NULL, of the first array with a usual name. Returns -1 if
// there is no such array.
static int choose_array(const struct npz *z, const char *wanted, const char *const *usual)
{
    int found = wanted ? find_array(z, wanted) : -1;
    for (; !wanted && *usual && found < 0; usual++)
        found = find_array(z, *usual);
    return found;
}

// Reports that no array could be chosen, with the names of all arrays. `option` is NULL for an archive that only holds
// labels. `wanted` is NULL if the user named no array.
static int refuse_choice(const struct npz *z, const char *path, const char *option, const char *wanted, struct err *e)
{
    struct text list = {0};
    char found[QUOTE_ROOM];

    for (int i = 0; i < z->n; i++)
        text_add(&list, "%s%s", i ? ", " : "", z->names[i]);
    if (!option)
        err_add(e, ERR_DATA, "%s: found arrays %s, allowed for labels: one array, or one called y, labels or label",
            path, list.data);
    else if (wanted)
        err_add(e, ERR_DATA, "%s: %s: found '%s', allowed: %s", path, option, text_quote(found, wanted, strlen(wanted)),
            list.data);
    else
        err_add(e, ERR_DATA, "%s: which array holds the data? Say %s NAME, one of: %s", path, option, list.data);

    text_free(&list);
    return -1;
}

static int open_label_array(struct npz *z, int i, const char *path, struct err *e)
{
    z->label.numbers.stream = open_array(z, i, path, e);
    return npy_array_begin(&z->label, true, NULL, e);
}

// Numbers the labels of array i if they are strings. Array i is then open again at its first row.
static int number_label_array(struct npz *z, int i, struct source *s, struct err *e)
{
    if (!z->label.numbers.text_length)
        return 0;
    return npy_array_number(&z->label, s, e) == 0 ? open_label_array(z, i, s->path, e) : -1;
}

static const char *const usual_label[] = {"y", "labels", "label", NULL};

// Opens an archive of which only the labels are used, for the rows of another source. This source returns the labels as
// its data.
static int open_only_labels(struct source *s, struct npz *z, struct err *e)
{
    int i = z->n == 1 ? 0 : choose_array(z, NULL, usual_label);

    if (i < 0)
        return refuse_choice(z, s->path, NULL, NULL, e);
    if (open_label_array(z, i, s->path, e) < 0)
        return -1;

    z->has_label = true;
    s->label_name = mem_text(z->names[i]);
    s->shape = z->label.numbers.shape;
    s->shape.type = z->label.numbers.text_length ? STORE_I64 : s->shape.type;
    return number_label_array(z, i, s, e);
}

static void open_data_array(struct npz *z, int x, const char *path, const struct import_options *o, struct err *e)
{
    if (x < 0) {
        refuse_choice(z, path, "--x", o->x, e);
        return;
    }
    z->has_x = true;
    z->x.numbers.stream = open_array(z, x, path, e);
    npy_array_begin(&z->x, false, o, e);
}

// Opens the data and the labels, and reports the mistakes in both. Returns the number of the array of labels, or -1 if
// there are no labels or on an error.
static int choose_and_open(struct npz *z, const char *path, const struct import_options *o, struct err *e)
{
    static const char *const usual_x[] = {"X", "x", NULL};
    int x = choose_array(z, o->x, usual_x);

    if (x < 0 && !o->x)
        x = z->n == 1 ? 0 : only_table(z, path);
    open_data_array(z, x, path, o, e);

    int label = choose_array(z, o->label, usual_label);
    if (label < 0 && o->label)
        refuse_choice(z, path, "--label", o->label, e);
    z->has_label = label >= 0 && label != x;
    if (z->has_label)
        open_label_array(z, label, path, e);
    return e->kind ? -1 : label;
}

// Refuses labels unless they are one number per row.
static int check_npz_labels(const struct npz *z, struct err *e)
{
    const struct array_reader *label = &z->label.numbers, *x = &z->x.numbers;
    const char *name = byte_stream_name(label->stream);

    if (label->columns != 1)
        return err_add(e, ERR_DATA, "%s: found %lld labels per row, allowed: 1", name, (long long)label->columns);
    if (label->shape.dims[0] != x->shape.dims[0])
        return err_add(e, ERR_DATA, "%s: found %lld labels for %lld rows", name, (long long)label->shape.dims[0],
            (long long)x->shape.dims[0]);
    return 0;
}

static int npz_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct npz *z = s->state = mem_new(1, sizeof *z);

    if (open_archive(z, s->path, e) < 0)
        return -1;
    if (o->is_label)
        return open_only_labels(s, z, e);

    int label = choose_and_open(z, s->path, o, e);
    if (e->kind || (z->has_label && check_npz_labels(z, e) < 0))
        return -1;

    s->shape = z->x.numbers.shape;
    s->has_label = z->has_label;
    if (!z->has_label)
        return 0;
    s->label_name = mem_text(z->names[label]);
    return number_label_array(z, label, s, e);
}

static int npz_read_labels(struct npz *z, int64_t first, int64_t rows, int64_t *label, struct err *e)
{
    const struct array_reader *r = &z->label.numbers;

    if (r->text_length)
        return npy_array_read(&z->label, rows, label, e);
    if (rows > z->room) {
        z->labels = mem_grow(z->labels, (size_t)rows, sizeof(int64_t));
        z->room = rows;
    }
    if (npy_array_read(&z->label, rows, z->labels, e) < 0)
        return -1;

    const struct source_values values = {byte_stream_name(r->stream), first, rows, r->shape.type, z->labels};
    return source_labels(&values, label, e);
}

static int npz_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e)
{
    struct npz *z = s->state;
    int64_t first = z->x.numbers.row;

    if (!z->has_x)
        return npy_array_read(&z->label, rows, to->x, e);
    if (npy_array_read(&z->x, rows, to->x, e) < 0)
        return -1;
    return z->has_label ? npz_read_labels(z, first, rows, to->label, e) : 0;
}

static int npz_finish(struct source *s, struct err *e)
{
    struct npz *z = s->state;

    if (z->has_x && npy_array_finish(&z->x, e) < 0)
        return -1;
    return z->has_label ? npy_array_finish(&z->label, e) : 0;
}

static void npz_close(struct source *s)
{
    struct npz *z = s->state;
    if (!z)
        return;

    npy_array_free(&z->x);
    npy_array_free(&z->label);
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
