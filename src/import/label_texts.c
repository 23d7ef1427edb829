// Reads an array of strings twice, in either of NumPy's two types of strings.
#include "import/label_texts.h"

#include "base/err.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "import/byte_stream.h"
#include <stdlib.h>
#include <string.h>

void label_texts_add(struct label_texts *t, const char *text, size_t n)
{
    csv_labels_add(&t->labels, text, n, t->rows++);
}

void label_texts_free(struct label_texts *t)
{
    csv_labels_free(&t->labels);
}

int label_texts_finish(struct label_texts *t, const char *name, struct source *s, struct err *e)
{
    const struct csv_labels *l = &t->labels;
    const struct csv_labels_origin origin = {.path = name};

    if (csv_labels_check(l, &origin, e) != 0)
        return -1;
    csv_labels_warn(l, &origin, &s->warnings);
    if (!l->is_text)
        return 0;

    s->n_label_names = l->names.n;
    s->label_names = list_copy(l->names.v, l->names.n);
    return 0;
}

// --- NumPy

// Converts a string, which is padded with NULs, to UTF-8. `out` has space for 4 bytes per character and a NUL. Returns
// the length.
static size_t to_utf8(const struct array_reader *array, const char *raw, char *out)
{
    size_t n = 0;

    for (int i = 0; i < array->text_length; i++) {
        uint32_t c = (unsigned char)raw[i];
        if (array->has_wide_texts) {
            memcpy(&c, raw + 4 * (size_t)i, sizeof c);
            c = array->is_swapped ? __builtin_bswap32(c) : c;
            n += utf8_put(c, out + n);
        } else {
            out[n++] = raw[i];
        }
    }
    while (n > 0 && out[n - 1] == 0)
        n--;
    ASSERT(n <= 4 * (size_t)array->text_length, "%zu bytes", n);
    out[n] = 0;
    return n;
}

// Reads the next `rows` strings. Adds them to `t` if `label` is NULL, or else sets `label` to their numbers. Returns -1
// and an error if the file ends early.
static int pass_label_rows(
    struct label_texts *t, struct array_reader *array, int64_t rows, int64_t *label, struct err *e)
{
    size_t bytes = (size_t)array->text_length * (array->has_wide_texts ? 4 : 1);
    char *raw = mem_new(bytes, 1), *text = mem_new(4 * (size_t)array->text_length + 1, 1);
    int64_t i = 0, got = (int64_t)bytes;
    ASSERT(bytes > 0 && rows >= 0, "%zu bytes, %lld rows", bytes, (long long)rows);

    for (; i < rows; i++) {
        got = byte_stream_read(array->stream, raw, bytes, e);
        if (got < (int64_t)bytes)
            break;
        size_t n = to_utf8(array, raw, text);
        if (label)
            label[i] = csv_labels_number(&t->labels, text, n);
        else
            label_texts_add(t, text, n);
    }

    if (i < rows && got >= 0)
        err_add(
            e, ERR_DATA, "%s: the file ends before the last label: is it truncated?", byte_stream_name(array->stream));
    free(raw);
    free(text);
    return i < rows ? -1 : 0;
}

int label_texts_add_all(struct label_texts *t, struct array_reader *array, struct err *e)
{
    return pass_label_rows(t, array, array->shape.dims[0], NULL, e);
}

int label_texts_read(struct label_texts *t, struct array_reader *array, int64_t rows, int64_t *label, struct err *e)
{
    ASSERT(t->rows > 0 && label, "no label was added");
    return pass_label_rows(t, array, rows, label, e);
}
