// The checksum of an array: XXH3-64 over its bytes as they are stored (strings: each with its NUL), as 16 hexadecimal
// digits in the attribute `xxh3`.
#include "store/store_impl.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/schema.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int checksum_set(struct store_file *f, const char *path, uint64_t value, struct err *e)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    return store_set_text(f, path, STORE_CHECKSUM, text, e);
}

static int hash_texts(struct store_file *f, const char *path, hid_t dataset, const struct store_shape *shape,
    int64_t first, int64_t rows, struct hash_stream *hash, struct err *e)
{
    int64_t n = rows * shape_row_elements(shape);
    char **texts = mem_array((size_t)n, sizeof *texts, path, e);
    if (!texts)
        return -1;
    int r = read_texts(f, path, dataset, shape, first, rows, texts, e);
    if (r == 0)
        strings_hash(hash, texts, n);
    strings_free(texts, n);
    free(texts);

    return r;
}

static int hash_numbers(struct store_file *f, const char *path, hid_t dataset, const struct store_shape *shape,
    int64_t first, int64_t rows, struct hash_stream *hash, struct hash_stream *part, struct err *e)
{
    hid_t stored = H5Dget_type(dataset);
    size_t bytes = (size_t)(rows * shape_row_elements(shape)) * H5Tget_size(stored);
    void *data = mem_array(bytes, 1, path, e);
    int r = data ? 0 : -1;
    if (r == 0 && rows == shape_rows(shape)) // whole and as stored: what takes HDF5 least
        r = bytes == 0 || H5Dread(dataset, stored, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0
                ? 0
                : file_fail(f, path, e, "cannot read it");
    else if (r == 0)
        r = read_rows(f, path, dataset, stored, shape, first, rows, data, e);
    if (r == 0)
        hash_stream_add(hash, data, bytes);
    if (r == 0 && part)
        hash_stream_add(part, data, bytes);
    free(data);
    H5Tclose(stored);

    return r;
}

static int hash_rows(struct store_file *f, const char *path, hid_t dataset, const struct store_shape *shape,
    int64_t first, int64_t rows, struct hash_stream *hash, struct hash_stream *part, struct err *e)
{
    int64_t piece = shape_piece(shape), end = first + rows;
    int r = 0;
    for (int64_t n; first < end && r == 0; first += n) {
        n = end - first < piece ? end - first : piece;
        r = shape->type == STORE_TEXT ? hash_texts(f, path, dataset, shape, first, n, hash, e)
                                      : hash_numbers(f, path, dataset, shape, first, n, hash, part, e);
    }
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
    if (r == 0)
        r = hash_rows(f, path, dataset, &shape, first, rows, hash, part, e);
    H5Dclose(dataset);

    return r;
}

int checksum_differs(struct store_file *f, const char *path, const char *found, const char *expected, struct err *e)
{
    return err_add(e, f->temporary ? ERR_IO : ERR_DATA, "%s: %s: damaged: its checksum is %s, written was %s", f->path,
        path, found, expected);
}

bool store_is_damage(const struct err *e)
{
    return strstr(e->text, ": damaged: ") != NULL;
}

int checksum_unreadable(struct store_file *f, const char *path, struct err *e)
{
    return err_add(e, ERR_DATA, "%s: %s: damaged: its checksum cannot be read", f->path, path);
}

// `expected`: the checksum that is stored.
static int array_compare(struct store_file *f, const char *path, hid_t dataset, const struct store_shape *shape,
    const char *expected, struct err *e)
{
    ASSERT(expected, "%s: no checksum to compare with", path);
    char found[17];
    struct hash_stream *hash = hash_stream_new();
    int r = hash_rows(f, path, dataset, shape, 0, shape_rows(shape), hash, NULL, e);
    snprintf(found, sizeof found, "%016" PRIx64, hash_stream_value(hash));
    if (r == 0 && strcmp(found, expected) != 0)
        r = checksum_differs(f, path, found, expected, e);
    hash_stream_free(&hash);
    return r;
}

// Notes where the bytes of an array lie in the file, if they lie there as its checksum has them.
static void sealed_array_note(struct store_file *f, hid_t dataset, const struct store_shape *shape)
{
    ASSERT(f->arrays, "%s: no list of arrays", f->path);
    haddr_t offset = shape->type == STORE_TEXT ? HADDR_UNDEF : H5Dget_offset(dataset);
    if (offset != HADDR_UNDEF)
        seal_note(f->arrays, (int64_t)offset, (int64_t)H5Dget_storage_size(dataset));
}

int array_verify(struct store_file *f, const char *path, hid_t dataset, const struct store_each *each, struct err *e)
{
    struct store_shape shape;
    char *expected = attribute_text(dataset, STORE_CHECKSUM);
    int r = 0;

    if (!expected && H5Aexists(dataset, STORE_CHECKSUM) > 0)
        return checksum_unreadable(f, path, e);
    if (expected || each)
        r = dataset_shape(f, path, dataset, &shape, e);
    if (r == 0 && expected)
        r = array_compare(f, path, dataset, &shape, expected, e);
    if (r == 0 && expected && f->arrays)
        sealed_array_note(f, dataset, &shape);
    if (r == 0 && each)
        each->array(each->context, path,
            (int64_t)store_type_size(shape.type) * shape_rows(&shape) * shape_row_elements(&shape), expected != NULL);
    free(expected);
    return r;
}

int store_verify(struct store_file *f, const char *path, struct err *e)
{
    hid_t dataset = dataset_open(f, path, e);
    if (dataset < 0)
        return -1;
    int r = array_verify(f, path, dataset, NULL, e);
    H5Dclose(dataset);
    return r;
}

struct verify_visit {
    struct store_file *f;
    const char *group;
    bool skips_arrays;
    const struct store_each *each;
    struct err *e;
    int result;
};

static herr_t verify_object(hid_t root, const char *path, const object_info *info, void *visit)
{
    struct verify_visit *v = visit;
    if (info->type != H5O_TYPE_GROUP && (info->type != H5O_TYPE_DATASET || v->skips_arrays))
        return 0;

    hid_t object = object_of_info(root, info); // no way through the groups again
    char *whole = *v->group ? mem_format("%s/%s", v->group, path) : NULL;
    int r;
    path = whole ? whole : path;
    if (object < 0)
        r = file_fail(v->f, path, v->e, "cannot open it");
    else if (info->type == H5O_TYPE_DATASET)
        r = array_verify(v->f, path, object, v->each, v->e);
    else
        r = attributes_verify(v->f, path, object, v->e);
    if (r < 0)
        v->result = -1;
    H5Oclose(object);
    free(whole);

    return 0;
}

bool seal_is_missing(struct store_file *f)
{
    if (f->temporary || f->is_sealed)
        return false;

    char *format = store_get_text(f, "", STORE_FORMAT);
    bool had_seal = H5Aexists(f->id, STORE_SEAL) > 0 || (format && strcmp(format, FORMAT_CHECKPOINT) == 0);
    free(format);
    return had_seal;
}

int seal_missing(struct store_file *f, struct err *e)
{
    if (!seal_is_missing(f))
        return 0;

    return err_add(e, ERR_DATA,
        "%s: changed since it was written: its seal is gone, as when another program opens the file for writing "
        "(h5py's modes \"r+\" and \"a\"); only arrays and attributes with a checksum of their own were compared",
        f->path);
}

int store_verify_group(struct store_file *f, const char *group, struct err *e)
{
    struct verify_visit v = {.f = f, .group = group, .e = e};
    hid_t object = object_open(f, group, e);
    if (object < 0)
        return -1;

    if (objects_visit(object, verify_object, &v) < 0)
        v.result = file_fail(f, group, e, "cannot list what is in it");
    H5Oclose(object);
    return v.result;
}

int attributes_verify_all(struct store_file *f, struct err *e)
{
    ASSERT(f->id >= 0, "%s: not open", f->path);
    struct verify_visit v = {.f = f, .group = "", .skips_arrays = true, .e = e};
    if (objects_visit(f->id, verify_object, &v) < 0)
        return file_fail(f, NULL, e, "cannot list what is in it");
    return v.result;
}

int store_verify_all(struct store_file *f, const struct store_each *each, struct err *e)
{
    ASSERT(f->id >= 0, "%s: not open", f->path);
    struct verify_visit v = {.f = f, .group = "", .each = each, .e = e};
    if (objects_visit(f->id, verify_object, &v) < 0)
        return file_fail(f, NULL, e, "cannot list what is in it");
    if (seal_missing(f, e) < 0)
        v.result = -1;

    return v.result;
}
