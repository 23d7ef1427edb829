// Reads HDF5 files of other programs. "FILE.h5:/path" names a dataset of numbers, or of strings that are labels. A
// transposed array is read in blocks of 32 MB.
#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/text.h"
#include "import/array_reader.h"
#include "import/csv_labels.h"
#include "import/hdf5_packing.h"
#include "import/label_texts.h"
#include "import/source.h"
#include "store/store.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 32 << 20, PIECE_ROWS = 4096 };

struct hdf5 {
    struct store_file *file;
    int64_t row;
    enum store_type type;   // type in which values are read
    struct packing packing; // how packed values are unpacked
    double *raw;            // (raw_room), owned: packed values as stored
    int64_t raw_room;
    struct store_shape stored; // shape in the file of an array that is transposed; rank 0: it is not transposed
    char *slab;                // (all but the last dimension, block_rows), owned: part of an array that is transposed
    int64_t block_first, block_rows;
    struct label_texts texts; // labels that are strings
    bool has_texts;
};

// Returns true if the file has the signature of HDF5, at the beginning or, after a user block, at 512, 1024, ...
static bool hdf5_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    for (size_t at = 0; at + 8 <= n; at = at ? 2 * at : 512)
        if (memcmp(head + at, "\x89HDF\r\n\x1a\n", 8) == 0)
            return true;
    return false;
}

static int refuse_dataset_name(struct hdf5 *h, const struct source *s, struct err *e)
{
    char **names;
    int n;

    if (store_list(h->file, "/", &names, &n, e) != 0)
        return -1;

    struct text list = {0};
    for (int i = 0; i < n; i++)
        text_add(&list, "%s/%s", i ? ", " : "", names[i]);
    char *hint = s->inner ? store_link_hint(h->file, s->inner) : NULL;
    if (hint)
        err_add(e, ERR_DATA, "%s: %s", s->path, hint);
    else if (s->inner)
        err_add(
            e, ERR_DATA, "%s: found no dataset '%s'; the file holds %s", s->path, s->inner, n ? list.data : "nothing");
    else
        err_add(e, ERR_DATA, "%s: which dataset of this HDF5 file? Say %s:/NAME; it holds %s", s->path, s->path,
            n ? list.data : "nothing");
    free(hint);
    list_free(names, n);
    text_free(&list);
    return -1;
}

// Reads strings [first, first + rows). Adds them to the labels if `label` is NULL, or else sets `label` to their
// numbers.
static int pass_hdf5_strings(
    struct hdf5 *h, const char *inner, int64_t first, int64_t rows, int64_t *label, struct err *e)
{
    char *piece[PIECE_ROWS] = {0};

    for (int64_t done = 0, n; done < rows; done += n) {
        n = rows - done < PIECE_ROWS ? rows - done : PIECE_ROWS;
        if (store_read(h->file, inner, STORE_TEXT, store_entries(first + done, n), piece, e) != 0)
            return -1;
        for (int64_t i = 0; i < n; i++) {
            const char *text = piece[i] ? piece[i] : "";
            if (label)
                label[done + i] = csv_labels_number(&h->texts.labels, text, strlen(text));
            else
                label_texts_add(&h->texts, text, strlen(text));
            free(piece[i]);
        }
    }
    return 0;
}

static int open_string_labels(struct source *s, struct err *e)
{
    struct hdf5 *h = s->state;

    if (s->shape.rank != 1)
        return err_add(e, ERR_DATA, "%s:%s: found strings with %d dimensions, allowed as labels: one per row", s->path,
            s->inner, s->shape.rank);
    h->has_texts = true;
    s->shape.type = STORE_I64;
    return pass_hdf5_strings(h, s->inner, 0, s->shape.dims[0], NULL, e) == 0
               ? label_texts_finish(&h->texts, s->path, s, e)
               : -1;
}

static int check_hdf5_shape(const struct source *s, struct err *e)
{
    int64_t columns = source_columns(&s->shape);

    if (s->shape.type == STORE_TEXT)
        return err_add(e, ERR_DATA, "%s:%s: found strings, allowed: numbers", s->path, s->inner);
    if (s->shape.rank < 1)
        return err_add(e, ERR_DATA, "%s:%s: found a single number, allowed: an array of 1 to %d dimensions", s->path,
            s->inner, STORE_MAX_RANK);
    if (columns == 0 || s->shape.dims[0] == 0)
        return err_add(e, ERR_DATA, "%s:%s: found no values: the data are empty", s->path, s->inner);
    return columns > 0 ? 0 : err_add(e, ERR_DATA, "%s:%s: found more values in a row than can be", s->path, s->inner);
}

// Transposes the array if the user says so. Always transposes a single row of labels. Warns of an array that MATLAB
// wrote, because MATLAB stores columns, which HDF5 reads as rows.
static void order_hdf5_axes(struct source *s, struct hdf5 *h, const struct import_options *o)
{
    struct store_shape *shape = &s->shape;
    char *matlab = store_get_text(h->file, s->inner, "MATLAB_class");
    int64_t rows = shape->dims[0], last = shape->dims[shape->rank - 1];
    bool is_row_of_labels = o->is_label && shape->rank == 2 && rows == 1 && last > 1;

    if (source_transposes(shape, o) || is_row_of_labels) {
        h->stored = *shape;
        for (int d = 0; d < shape->rank; d++)
            shape->dims[d] = h->stored.dims[shape->rank - 1 - d];
    } else if (matlab && shape->rank > 1 && rows > 1 && last > 1) {
        text_add(&s->warnings,
            "%s:%s: found %lld rows; MATLAB stores arrays by columns: did it have %lld rows? --transpose reads them\n",
            s->path, s->inner, (long long)rows, (long long)last);
    }
    free(matlab);
}

static int open_numbers(struct source *s, struct hdf5 *h, const struct import_options *o, struct err *e)
{
    int64_t is_empty = 0;

    if (check_hdf5_shape(s, e) != 0)
        return -1;
    if (store_get_int(h->file, s->inner, "MATLAB_empty", &is_empty, NULL) == 0 && is_empty)
        return err_add(e, ERR_DATA, "%s:%s: an empty array of MATLAB: the data are empty", s->path, s->inner);
    if (packing_read(&h->packing, h->file, s->inner, s->shape.type, e) != 0)
        return -1;

    h->type = h->packing.is_used ? STORE_F64 : s->shape.type;
    s->shape.type = h->packing.is_used ? h->packing.type : s->shape.type;
    order_hdf5_axes(s, h, o);
    return h->stored.rank ? check_hdf5_shape(s, e) : 0;
}

static int hdf5_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct hdf5 *h = s->state = mem_new(1, sizeof *h);

    h->file = store_open(s->path, NULL, STORE_CHECK, e);
    if (!h->file)
        return -1;
    if (!s->inner || !store_has(h->file, s->inner))
        return refuse_dataset_name(h, s, e);
    if (store_get_shape(h->file, s->inner, &s->shape, e) != 0)
        return -1;
    return o->is_label && s->shape.type == STORE_TEXT && s->shape.rank >= 1 ? open_string_labels(s, e)
                                                                            : open_numbers(s, h, o, e);
}

// Loads the next block of rows of a transposed array. In the file, a row is an index of the last dimension.
static int load_transposed_block(struct source *s, struct hdf5 *h, struct err *e)
{
    int64_t row_bytes = source_columns(&s->shape) * (int64_t)store_type_size(h->type);
    int64_t most = row_bytes < BLOCK_BYTES ? BLOCK_BYTES / row_bytes : 1, left = s->shape.dims[0] - h->row;

    ASSERT(left > 0 && most > 0, "row %lld of %lld", (long long)h->row, (long long)s->shape.dims[0]);
    h->block_first = h->row;
    h->block_rows = left < most ? left : most;
    if (!h->slab)
        h->slab = mem_array((size_t)h->block_rows, (size_t)row_bytes, s->path, e);
    return h->slab ? store_read_last(h->file, s->inner, h->type, store_entries(h->row, h->block_rows), h->slab, e) : -1;
}

static int read_transposed(struct source *s, struct hdf5 *h, int64_t rows, char *to, struct err *e)
{
    int64_t columns = source_columns(&s->shape);
    size_t size = store_type_size(h->type);

    ASSERT(h->row + rows <= s->shape.dims[0], "rows %lld + %lld", (long long)h->row, (long long)rows);
    for (; rows > 0; rows--, h->row++) {
        if (h->row == h->block_first + h->block_rows && load_transposed_block(s, h, e) != 0)
            return -1;
        for (int64_t c = 0; c < columns; c++, to += size) {
            int64_t at = array_column_place(&s->shape, c) * h->block_rows + h->row - h->block_first;
            memcpy(to, h->slab + (size_t)at * size, size);
        }
    }
    return 0;
}

static int read_stored(struct source *s, struct hdf5 *h, int64_t rows, void *to, struct err *e)
{
    if (h->stored.rank)
        return read_transposed(s, h, rows, to, e);
    if (store_read(h->file, s->inner, h->type, store_entries(h->row, rows), to, e) != 0)
        return -1;
    h->row += rows;
    return 0;
}

static int hdf5_read(struct source *s, int64_t rows, const struct source_rows *to, struct err *e)
{
    struct hdf5 *h = s->state;
    int64_t n = rows * source_columns(&s->shape);
    if (h->has_texts) {
        h->row += rows;
        return pass_hdf5_strings(h, s->inner, h->row - rows, rows, to->x, e);
    }
    if (!h->packing.is_used)
        return read_stored(s, h, rows, to->x, e);

    if (n > h->raw_room) {
        h->raw = mem_grow(h->raw, (size_t)n, sizeof *h->raw);
        h->raw_room = n;
    }
    if (read_stored(s, h, rows, h->raw, e) != 0)
        return -1;

    packing_apply(&h->packing, h->raw, n, to->x);
    return 0;
}

static void hdf5_close(struct source *s)
{
    struct hdf5 *h = s->state;
    if (!h)
        return;

    if (h->file)
        store_close(&h->file);
    label_texts_free(&h->texts);
    free(h->raw);
    free(h->slab);
    free(h);
}

const struct source_format source_hdf5 = {
    .name = "HDF5",
    .heeds = HEEDS_ARRAY,
    .recognise = hdf5_recognise,
    .open = hdf5_open,
    .read = hdf5_read,
    .close = hdf5_close,
};
