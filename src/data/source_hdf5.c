// Any dataset of numbers in an HDF5 file of others, "FILE.h5:/path".
#include "base/mem.h"
#include "base/text.h"
#include "data/label_texts.h"
#include "data/source.h"
#include <stdlib.h>
#include <string.h>

struct hdf5 {
    struct store_file *file;
    int64_t row;
    struct label_texts texts; // of texts as labels
    bool has_texts;
    char *only_row; // labels in a single row, as MATLAB has them: all of its values, owned; NULL: labels are rows
};

// The signature stands at the beginning or, behind a block of the user's, at 512, 1024, ...
static bool hdf5_recognise(const char *path, const unsigned char *head, size_t n)
{
    (void)path;
    for (size_t at = 0; at + 8 <= n; at = at ? 2 * at : 512)
        if (memcmp(head + at, "\x89HDF\r\n\x1a\n", 8) == 0)
            return true;
    return false;
}

static int refuse_name(struct hdf5 *h, const struct source *s, struct err *e)
{
    char **names;
    int n;
    if (store_list(h->file, "/", &names, &n, e) != 0)
        return -1;
    struct text list = {0};
    for (int i = 0; i < n; i++)
        text_add(&list, "%s/%s", i ? ", " : "", names[i]);
    if (s->inner)
        err_add(
            e, ERR_DATA, "%s: found no dataset '%s'; the file holds %s", s->path, s->inner, n ? list.data : "nothing");
    else
        err_add(e, ERR_DATA, "%s: which dataset of this HDF5 file? Say %s:/NAME; it holds %s", s->path, s->path,
            n ? list.data : "nothing");
    source_free_list(names, n);
    text_free(&list);
    return -1;
}

enum { PIECE_ROWS = 4096 };

// The next `rows` texts: added (label NULL), or numbered.
static int pass_texts(struct hdf5 *h, const char *inner, int64_t first, int64_t rows, int64_t *label, struct err *e)
{
    char *piece[PIECE_ROWS] = {0};

    for (int64_t done = 0, n; done < rows; done += n) {
        n = rows - done < PIECE_ROWS ? rows - done : PIECE_ROWS;
        if (store_read(h->file, inner, STORE_TEXT, first + done, n, piece, e) != 0)
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

// A single row can be read only whole.
static int read_only_row(struct source *s, struct err *e)
{
    struct hdf5 *h = s->state;
    int64_t n = s->shape.dims[1];

    h->only_row = mem_array((size_t)n, store_type_size(s->shape.type), s->path, e);
    if (!h->only_row || store_read(h->file, s->inner, s->shape.type, 0, 1, h->only_row, e) != 0)
        return -1;
    s->shape = (struct store_shape){s->shape.type, 1, {n}};
    return 0;
}

static int open_texts(struct source *s, struct err *e)
{
    struct hdf5 *h = s->state;

    if (s->shape.rank != 1)
        return err_add(e, ERR_DATA, "%s:%s: found texts of %d dimensions, allowed as labels: one per row", s->path,
            s->inner, s->shape.rank);
    h->has_texts = true;
    s->shape.type = STORE_I64;
    return pass_texts(h, s->inner, 0, s->shape.dims[0], NULL, e) == 0 ? label_texts_finish(&h->texts, s->path, s, e)
                                                                      : -1;
}

static int check_shape(const struct source *s, struct err *e)
{
    int64_t columns = source_columns(&s->shape);
    if (s->shape.type == STORE_TEXT)
        return err_add(e, ERR_DATA, "%s:%s: found texts, allowed: numbers", s->path, s->inner);
    if (s->shape.rank < 1)
        return err_add(e, ERR_DATA, "%s:%s: found a single number, allowed: an array of 1 to %d dimensions", s->path,
            s->inner, STORE_MAX_RANK);
    if (columns == 0 || s->shape.dims[0] == 0)
        return err_add(e, ERR_DATA, "%s:%s: found no values: the data are empty", s->path, s->inner);
    return columns > 0 ? 0 : err_add(e, ERR_DATA, "%s:%s: found more values in a row than can be", s->path, s->inner);
}

static int hdf5_open(struct source *s, const struct import_options *o, struct err *e)
{
    struct hdf5 *h = s->state = mem_new(1, sizeof *h);
    h->file = store_open(s->path, NULL, false, e);
    if (!h->file)
        return -1;
    if (!s->inner || !store_has(h->file, s->inner))
        return refuse_name(h, s, e);
    if (store_get_shape(h->file, s->inner, &s->shape, e) != 0)
        return -1;
    if (o->is_label && s->shape.type == STORE_TEXT && s->shape.rank >= 1)
        return open_texts(s, e);
    if (check_shape(s, e) != 0)
        return -1;
    bool is_row = s->shape.rank == 2 && s->shape.dims[0] == 1 && s->shape.dims[1] > 1;
    return o->is_label && is_row ? read_only_row(s, e) : 0;
}

static int hdf5_read(struct source *s, int64_t rows, void *x, int64_t *label, struct err *e)
{
    (void)label;
    struct hdf5 *h = s->state;
    if (h->has_texts) {
        h->row += rows;
        return pass_texts(h, s->inner, h->row - rows, rows, x, e);
    }
    if (h->only_row) {
        size_t size = store_type_size(s->shape.type);

        memcpy(x, h->only_row + (size_t)h->row * size, (size_t)rows * size);
        h->row += rows;
        return 0;
    }
    if (store_read(h->file, s->inner, s->shape.type, h->row, rows, x, e) != 0)
        return -1;
    h->row += rows;
    return 0;
}

static void hdf5_close(struct source *s)
{
    struct hdf5 *h = s->state;
    if (h && h->file)
        store_close(&h->file);
    if (h) {
        label_texts_free(&h->texts);
        free(h->only_row);
    }
    free(h);
}

const struct source_format source_hdf5 = {
    .name = "HDF5",
    .recognise = hdf5_recognise,
    .open = hdf5_open,
    .read = hdf5_read,
    .close = hdf5_close,
};
