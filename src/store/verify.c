// The checksum of an array: XXH3-64 over its bytes as they are stored (texts: each with its NUL), as 16 hexadecimal
// digits in the attribute `xxh3`.
#include "store/store_impl.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/schema.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void texts_hash(struct hash_stream *hash, char *const *texts, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        hash_stream_add(hash, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) + 1 : 1);
}

int checksum_set(struct store_file *f, const char *path, uint64_t value, struct err *e)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    return store_set_text(f, path, STORE_CHECKSUM, text, e);
}

static int hash_texts(struct store_file *f, const char *path, const struct store_shape *shape, int64_t first,
    int64_t rows, struct hash_stream *hash, struct err *e)
{
    int64_t n = rows * shape_row_elements(shape);
    char **texts = mem_array((size_t)n, sizeof *texts, path, e);
    if (!texts)
        return -1;
    int r = store_read(f, path, STORE_TEXT, first, rows, texts, e);
    if (r == 0)
        texts_hash(hash, texts, n);
    texts_free(texts, n);
    free(texts);
    return r;
}

static int hash_numbers(struct store_file *f, const char *path, hid_t dataset, const struct store_shape *shape,
    int64_t first, int64_t rows, struct hash_stream *hash, struct hash_stream *part, struct err *e)
{
    hid_t stored = H5Dget_type(dataset);
    size_t bytes = (size_t)(rows * shape_row_elements(shape)) * H5Tget_size(stored);
    void *data = mem_array(bytes, 1, path, e);
    int r = data ? read_rows(f, path, dataset, stored, shape, first, rows, data, e) : -1;
    if (r == 0)
        hash_stream_add(hash, data, bytes);
    if (r == 0 && part)
        hash_stream_add(part, data, bytes);
    free(data);
    H5Tclose(stored);
    return r;
}

int verify_hash(struct store_file *f, const char *path, int64_t first, int64_t rows, struct hash_stream *hash,
    struct hash_stream *part, struct err *e)
{
    struct store_shape shape;
    hid_t dataset = dataset_open(f, path, e);
    if (dataset < 0)
        return -1;
    int r = dataset_shape(f, path, dataset, &shape, e);
    int64_t piece = r == 0 ? shape_piece(&shape) : 0, end = first + rows;
    for (int64_t n; first < end && r == 0; first += n) {
        n = end - first < piece ? end - first : piece;
        r = shape.type == STORE_TEXT ? hash_texts(f, path, &shape, first, n, hash, e)
                                     : hash_numbers(f, path, dataset, &shape, first, n, hash, part, e);
    }
    H5Dclose(dataset);
    return r;
}

int store_verify(struct store_file *f, const char *path, struct err *e)
{
    struct store_shape shape;
    char *expected = store_get_text(f, path, STORE_CHECKSUM), found[17];
    if (!expected)
        return 0;
    struct hash_stream *hash = hash_stream_new();
    int r = store_get_shape(f, path, &shape, e);
    if (r == 0)
        r = verify_hash(f, path, 0, shape_rows(&shape), hash, NULL, e);
    snprintf(found, sizeof found, "%016" PRIx64, hash_stream_value(hash));
    if (r == 0 && strcmp(found, expected) != 0)
        r = err_add(e, f->temporary ? ERR_IO : ERR_DATA, "%s: %s: damaged: its checksum is %s, written was %s", f->path,
            path, found, expected);
    hash_stream_free(&hash);
    free(expected);
    return r;
}

struct visit {
    struct store_file *f;
    struct err *e;
    int result;
};

static herr_t verify_object(hid_t root, const char *path, const H5O_info_t *info, void *visit)
{
    (void)root;
    struct visit *v = visit;
    if (info->type == H5O_TYPE_DATASET && store_verify(v->f, path, v->e) < 0)
        v->result = -1;
    return 0;
}

int verify_all(struct store_file *f, struct err *e)
{
    struct visit v = {.f = f, .e = e};
    if (H5Ovisit2(f->id, H5_INDEX_NAME, H5_ITER_NATIVE, verify_object, &v, H5O_INFO_BASIC) < 0)
        return file_fail(f, NULL, e, "cannot list what is in it");
    return v.result;
}
