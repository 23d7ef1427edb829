// Computes, stores and compares the checksums of arrays. A checksum is the XXH3-64 of the array's bytes as they are
// stored (strings: each with its NUL). The attribute `xxh3` holds it as 16 hexadecimal digits.
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

static int hash_texts(const struct open_array *a, struct store_range rows, struct hash_stream *hash, struct err *e)
{
    int64_t n = rows.n * shape_row_elements(&a->shape);
    char **texts = mem_array((size_t)n, sizeof *texts, a->path, e);
    if (!texts)
        return -1;

    int rc = read_texts(a, rows, texts, e);
    if (rc == 0)
        strings_hash(hash, texts, n);
    strings_free(texts, n);
    free(texts);
    return rc;
}

// Reads rows as they are stored. A whole array is read without a selection, which is faster.
static int rows_as_stored(const struct open_array *a, struct store_range rows, hid_t stored, void *data, struct err *e)
{
    if (rows.n != shape_rows(&a->shape))
        return array_read(a, 0, rows, stored, data, e);
    if (rows.n * shape_row_elements(&a->shape) == 0)
        return 0;
    if (H5Dread(a->dataset, stored, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0)
        return file_fail(a->f, a->path, e, "cannot read it");
    return 0;
}

static int hash_numbers(const struct open_array *a, struct store_range rows, struct hash_stream *hash,
    struct hash_stream *part, struct err *e)
{
    hid_t stored = H5Dget_type(a->dataset);
    size_t bytes = (size_t)(rows.n * shape_row_elements(&a->shape)) * H5Tget_size(stored);
    void *data = mem_array(bytes, 1, a->path, e);
    int rc = data ? rows_as_stored(a, rows, stored, data, e) : -1;

    if (rc == 0)
        hash_stream_add(hash, data, bytes);
    if (rc == 0 && part)
        hash_stream_add(part, data, bytes);
    free(data);
    H5Tclose(stored);
    return rc;
}

int array_hash(const struct open_array *a, struct store_range rows, struct hash_stream *hash, struct hash_stream *part,
    struct err *e)
{
    const int64_t piece = shape_piece(&a->shape), end = rows.first + rows.n;
    int rc = 0;

    for (int64_t at = rows.first, n; at < end && rc == 0; at += n) {
        n = end - at < piece ? end - at : piece;
        rc = a->shape.type == STORE_TEXT ? hash_texts(a, store_entries(at, n), hash, e)
                                         : hash_numbers(a, store_entries(at, n), hash, part, e);
    }
    return rc;
}

int checksum_differs(const struct open_array *a, const char *found, const char *expected, struct err *e)
{
    return err_add(e, a->f->temporary ? ERR_IO : ERR_DATA, "%s: %s: damaged: its checksum is %s, written was %s",
        a->f->path, a->path, found, expected);
}

bool store_is_damage(const struct err *e)
{
    return strstr(e->text, ": damaged: ") != NULL;
}

int checksum_unreadable(struct store_file *f, const char *path, struct err *e)
{
    return err_add(e, ERR_DATA, "%s: %s: damaged: its checksum cannot be read", f->path, path);
}

// Compares an array with its stored checksum.
static int array_compare(const struct open_array *a, const char *expected, struct err *e)
{
    ASSERT(expected, "%s: no checksum to compare with", a->path);
    char found[17];
    struct hash_stream *hash = hash_stream_new();
    int rc = array_hash(a, store_entries(0, shape_rows(&a->shape)), hash, NULL, e);

    snprintf(found, sizeof found, "%016" PRIx64, hash_stream_value(hash));
    if (rc == 0 && strcmp(found, expected) != 0)
        rc = checksum_differs(a, found, expected, e);
    hash_stream_free(&hash);
    return rc;
}

// Notes the place of an array's bytes, because the seal need not cover them. Omits strings, whose bytes are elsewhere.
static void sealed_array_note(const struct open_array *a)
{
    ASSERT(a->f->arrays, "%s: no list of arrays", a->f->path);
    haddr_t offset = a->shape.type == STORE_TEXT ? HADDR_UNDEF : H5Dget_offset(a->dataset);
    if (offset != HADDR_UNDEF)
        seal_note(a->f->arrays, (int64_t)offset, (int64_t)H5Dget_storage_size(a->dataset));
}

int array_verify(struct open_array *a, const struct store_each *each, struct err *e)
{
    char *expected = attribute_text(a->dataset, STORE_CHECKSUM);
    int rc = 0;

    if (!expected && H5Aexists(a->dataset, STORE_CHECKSUM) > 0)
        return checksum_unreadable(a->f, a->path, e);

    if (expected || each)
        rc = array_shape(a, e);
    if (rc == 0 && expected)
        rc = array_compare(a, expected, e);
    if (rc == 0 && expected && a->f->arrays)
        sealed_array_note(a);
    if (rc == 0 && each)
        each->array(each->context, a->path,
            (int64_t)store_type_size(a->shape.type) * shape_rows(&a->shape) * shape_row_elements(&a->shape),
            expected != NULL);
    free(expected);
    return rc;
}

int store_verify(struct store_file *f, const char *path, struct err *e)
{
    struct open_array a = {.f = f, .path = path, .dataset = dataset_open(f, path, e)};
    if (a.dataset < 0)
        return -1;

    int rc = array_verify(&a, NULL, e);
    array_close(&a);
    return rc;
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

    hid_t object = object_of_info(root, info); // does not resolve the path again
    char *whole = *v->group ? mem_format("%s/%s", v->group, path) : NULL;
    int rc;
    path = whole ? whole : path;
    if (object < 0)
        rc = file_fail(v->f, path, v->e, "cannot open it");
    else if (info->type == H5O_TYPE_DATASET)
        rc = array_verify(&(struct open_array){.f = v->f, .path = path, .dataset = object}, v->each, v->e);
    else
        rc = attributes_verify(v->f, path, object, v->e);
    if (rc < 0)
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
    if (f->packed) // the bytes of a file in memory were compared when it was opened
        return 0;

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
