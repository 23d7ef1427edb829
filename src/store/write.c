// Writes arrays into a file, whole or in pieces along their first dimension, and stores their checksums.
#include "store/store_impl.h"

#include "base/hash.h"
#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>

struct store_stream {
    struct open_array array; // its file is borrowed, its path owned
    hid_t type;
    struct hash_stream *hash;
    int64_t rows; // written so far
    bool failed;
};

// Returns the creation properties of an array. It is contiguous; its space is allocated at once and not filled, because
// all of it is written once. It stores no times, so that equal results give equal files.
static hid_t creation_new(enum store_type type)
{
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_layout(creation, H5D_CONTIGUOUS);
    H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    if (type != STORE_TEXT) // HDF5 must fill elements of variable length
        H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER);
    H5Pset_obj_track_times(creation, false);
    return creation;
}

static hid_t space_new(int rank, const int64_t *dims)
{
    hsize_t sizes[STORE_MAX_RANK];

    ASSERT(rank >= 0 && rank <= STORE_MAX_RANK, "rank %d", rank);
    for (int i = 0; i < rank; i++)
        sizes[i] = (hsize_t)dims[i];
    return rank ? H5Screate_simple(rank, sizes, NULL) : H5Screate(H5S_SCALAR);
}

hid_t dataset_create(struct store_file *f, const char *path, const struct store_shape *shape, struct err *e)
{
    ASSERT(f->temporary, "%s: %s: the file is open for reading", f->path, path);
    ASSERT(shape->rank >= 0 && shape->rank <= STORE_MAX_RANK, "%s: rank %d", path, shape->rank);
    hid_t type = type_open(shape->type), space = space_new(shape->rank, shape->dims);
    hid_t creation = creation_new(shape->type), links = links_new();
    hid_t dataset = H5Dcreate2(f->id, path, type, space, links, creation, H5P_DEFAULT);
    if (dataset < 0)
        file_fail(f, path, e, "cannot make the array");

    H5Pclose(links);
    H5Pclose(creation);
    H5Sclose(space);
    H5Tclose(type);
    return dataset;
}

struct store_stream *store_stream_begin(struct store_file *f, const char *path, const struct store_shape *shape,
    const struct store_about *about, struct err *e)
{
    hid_t dataset = dataset_create(f, path, shape, e);
    if (dataset < 0)
        return NULL;

    struct store_stream *s = mem_new(1, sizeof *s);
    *s = (struct store_stream){.array = {.f = f, .path = mem_text(path), .dataset = dataset, .shape = *shape},
        .type = type_open(shape->type),
        .hash = hash_stream_new()};

    if (about && store_describe(f, path, about, e) < 0) {
        s->failed = true;
        store_stream_end(&s, e);
    }

    return s;
}

static void stream_hash(struct store_stream *s, int64_t rows, const void *data)
{
    const struct store_shape *shape = &s->array.shape;
    int64_t n = rows * shape_row_elements(shape);

    if (shape->type == STORE_TEXT)
        strings_hash(s->hash, data, n);
    else
        hash_stream_add(s->hash, data, (size_t)n * store_type_size(shape->type));
}

// Writes the next rows; there is at least one.
static int stream_write_rows(struct store_stream *s, int64_t rows, const void *data, struct err *e)
{
    const struct open_array *a = &s->array;
    hid_t file = -1, memory = -1, transfer = transfer_of_type(s->type);
    int rc = array_select(a, 0, store_entries(s->rows, rows), &file, &memory);

    if (rc == 0 && H5Dwrite(a->dataset, s->type, memory, file, transfer, data) < 0)
        rc = -1;
    if (rc < 0)
        file_fail(a->f, a->path, e, "cannot write %" PRId64 " rows at row %" PRId64, rows, s->rows);
    else
        rc = durable_check(a->f, a->path, e);

    H5Pclose(transfer);
    H5Sclose(memory);
    H5Sclose(file);
    return rc;
}

int store_stream_write(struct store_stream *s, int64_t rows, const void *data, struct err *e)
{
    const struct open_array *a = &s->array;
    const int64_t all = shape_rows(&a->shape);

    ASSERT(s->rows >= 0 && s->rows <= all, "%s: row %" PRId64, a->path, s->rows);
    if (rows < 0 || rows > all - s->rows) {
        s->failed = true;
        return err_add(e, ERR_SOFTWARE, "%s: %s: row %" PRId64 " of %" PRId64 " was given", a->f->path, a->path,
            s->rows + rows, all);
    }

    if (rows * shape_row_elements(&a->shape) > 0) {
        if (stream_write_rows(s, rows, data, e) < 0) {
            s->failed = true;
            return -1;
        }
        stream_hash(s, rows, data);
    }
    s->rows += rows;
    return 0;
}

static int stream_finish(struct store_stream *s, struct err *e)
{
    const struct open_array *a = &s->array;
    const int64_t all = shape_rows(&a->shape);

    ASSERT(a->dataset >= 0, "%s: not open", a->path);
    if (s->failed)
        return -1;
    if (s->rows != all)
        return err_add(
            e, ERR_SOFTWARE, "%s: %s: %" PRId64 " of %" PRId64 " rows were given", a->f->path, a->path, s->rows, all);
    return checksum_set(a->f, a->path, hash_stream_value(s->hash), e);
}

int store_stream_end(struct store_stream **stream, struct err *e)
{
    struct store_stream *s = *stream;
    if (!s)
        return 0;

    struct open_array *a = &s->array;
    int rc = stream_finish(s, e);
    if (H5Dclose(a->dataset) < 0 && rc == 0)
        rc = file_fail(a->f, a->path, e, "cannot close the array");
    H5Tclose(s->type);
    if (rc < 0)
        a->f->failed = true; // a file with an incomplete array must not be committed

    hash_stream_free(&s->hash);
    free((char *)a->path);
    free(s);
    *stream = NULL;
    return rc;
}

int store_write(struct store_file *f, const char *path, const struct store_shape *shape, const void *data,
    const struct store_about *about, struct err *e)
{
    if (f->packed) {
        packed_write(f->packed, path, shape, data, about);
        return 0;
    }

    struct store_stream *s = store_stream_begin(f, path, shape, about, e);
    if (!s)
        return -1;
    store_stream_write(s, shape_rows(shape), data, e);
    return store_stream_end(&s, e);
}

int store_write_index(struct store_file *f, const char *path, int64_t n, const char *long_name, struct err *e)
{
    int64_t *counts = mem_array((size_t)n, sizeof *counts, path, e);
    if (!counts)
        return -1;

    for (int64_t i = 0; i < n; i++)
        counts[i] = i;
    struct store_shape shape = {.type = STORE_I64, .rank = 1, .dims = {n}};
    struct store_about about = {.long_name = long_name, .units = "1", .scales = {object_name(path)}};
    int rc = store_write(f, path, &shape, counts, &about, e);

    free(counts);
    return rc;
}
