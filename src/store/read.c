// Reads arrays: checks the range and the type, then reads rows and compares the array with its checksum.
#include "store/store_impl.h"

#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int store_get_shape(struct store_file *f, const char *path, struct store_shape *shape, struct err *e)
{
    hid_t dataset = dataset_open(f, path, e);
    if (dataset < 0)
        return -1;
    int r = dataset_shape(f, path, dataset, shape, e);
    H5Dclose(dataset);
    return r;
}

// Finds the first row with a value that the type cannot hold, by halves: HDF5 does not say which.
static int refuse_lost(struct store_file *f, const char *path, hid_t dataset, enum store_type type,
    const struct store_shape *shape, int64_t first, int64_t rows, void *data, struct err *e)
{
    static const char *const names[] = {"u1", "i1", "i2", "i4", "i8 (up to 2^63 - 1)"};
    hid_t memory_type = type_open(type);

    while (rows > 1) {
        int64_t half = rows / 2;
        bool is_behind = read_rows(f, path, dataset, memory_type, shape, first, half, data, NULL) == 0;
        first += is_behind ? half : 0;
        rows = is_behind ? rows - half : half;
    }
    H5Tclose(memory_type);
    f->lost = true;
    ASSERT(type <= STORE_I64, "type %d", type);
    return err_add(
        e, ERR_DATA, "%s: %s: row %" PRId64 ": found a value that %s cannot hold", f->path, path, first, names[type]);
}

static int read_numbers(struct store_file *f, const char *path, hid_t dataset, enum store_type type,
    const struct store_shape *shape, int64_t first, int64_t rows, void *data, struct err *e)
{
    struct err why = {0};
    hid_t memory_type = type_open(type);
    int r = read_rows(f, path, dataset, memory_type, shape, first, rows, data, &why);

    if (r < 0 && f->lost)
        refuse_lost(f, path, dataset, type, shape, first, rows, data, e);
    else if (r < 0)
        err_merge(e, &why);
    H5Tclose(memory_type);
    return r;
}

// Reads rows that exist, and compares the array with its checksum.
static int read_checked(struct store_file *f, const char *path, hid_t dataset, enum store_type type,
    const struct store_shape *shape, int64_t first, int64_t rows, void *data, struct err *e)
{
    struct read_check *check;
    if (read_check_begin(f, path, dataset, type, first, &check, e) < 0)
        return -1;

    int r = type == STORE_TEXT ? read_texts(f, path, dataset, shape, first, rows, data, e)
                               : read_numbers(f, path, dataset, type, shape, first, rows, data, e);
    if (r < 0 || !check)
        return r;

    r = read_check_add(f, check, type, shape, rows, data, e);
    if (r < 0 && type == STORE_TEXT)
        strings_free(data, rows * shape_row_elements(shape));
    return r;
}

int store_read(
    struct store_file *f, const char *path, enum store_type type, struct store_range rows, void *data, struct err *e)
{
    hid_t dataset = dataset_open(f, path, e);
    if (dataset < 0)
        return -1;
    struct store_shape shape;
    int r = dataset_shape(f, path, dataset, &shape, e);
    if (r == 0 && (shape.type == STORE_TEXT) != (type == STORE_TEXT))
        r = err_add(e, ERR_DATA, "%s: %s: holds %s", f->path, path,
            type == STORE_TEXT ? "numbers, not strings" : "strings, not numbers");
    else if (r == 0 && (rows.first < 0 || rows.n < 0 || rows.first > shape_rows(&shape) - rows.n))
        r = err_add(e, ERR_DATA, "%s: %s: has %" PRId64 " rows, not %" PRId64, f->path, path, shape_rows(&shape),
            rows.first + rows.n);
    else if (r == 0)
        r = read_checked(f, path, dataset, type, &shape, rows.first, rows.n, data, e);
    H5Dclose(dataset);

    return r;
}

// As rows_select, of the last dimension.
static int last_select(
    hid_t dataset, const struct store_shape *shape, int64_t first, int64_t n, hid_t *file, hid_t *memory)
{
    hsize_t start[STORE_MAX_RANK] = {0}, count[STORE_MAX_RANK] = {0};

    ASSERT(shape->rank > 0 && shape->rank <= STORE_MAX_RANK, "rank %d", shape->rank);
    for (int i = 0; i < shape->rank; i++)
        count[i] = (hsize_t)shape->dims[i];
    start[shape->rank - 1] = (hsize_t)first;
    count[shape->rank - 1] = (hsize_t)n;

    *file = H5Dget_space(dataset);
    *memory = H5Screate_simple(shape->rank, count, NULL);
    if (*file < 0 || *memory < 0)
        return -1;
    return H5Sselect_hyperslab(*file, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ? -1 : 0;
}

static int read_last(struct store_file *f, const char *path, hid_t dataset, enum store_type type,
    const struct store_shape *shape, int64_t first, int64_t n, void *data, struct err *e)
{
    hid_t file = -1, memory = -1, memory_type = type_open(type), transfer = transfer_new(f, memory_type);

    int r = last_select(dataset, shape, first, n, &file, &memory);
    if (r == 0)
        r = H5Dread(dataset, memory_type, memory, file, transfer, data) < 0 ? -1 : 0;
    if (r < 0)
        file_fail(f, path, e, "cannot read columns %" PRId64 " to %" PRId64 "%s", first, first + n - 1,
            f->lost ? ": found a value that i8 (up to 2^63 - 1) cannot hold" : "");

    H5Sclose(memory);
    H5Sclose(file);
    H5Tclose(memory_type);
    H5Pclose(transfer);
    return r;
}

int store_read_last(
    struct store_file *f, const char *path, enum store_type type, struct store_range columns, void *data, struct err *e)
{
    hid_t dataset = dataset_open(f, path, e);
    if (dataset < 0)
        return -1;

    struct read_check *check; // none: the array is compared as a whole
    struct store_shape shape;
    int r = dataset_shape(f, path, dataset, &shape, e);
    if (r == 0 && (shape.rank == 0 || shape.type == STORE_TEXT || type == STORE_TEXT))
        r = err_add(e, ERR_DATA, "%s: %s: no array of numbers", f->path, path);
    else if (r == 0 && (columns.first < 0 || columns.n < 1 || columns.first > shape.dims[shape.rank - 1] - columns.n))
        r = err_add(e, ERR_DATA, "%s: %s: has %" PRId64 " columns, not %" PRId64, f->path, path,
            shape.dims[shape.rank - 1], columns.first + columns.n);
    else if (r == 0 && (r = read_check_begin(f, path, dataset, type, -1, &check, e)) == 0)
        r = read_last(f, path, dataset, type, &shape, columns.first, columns.n, data, e);
    H5Dclose(dataset);
    return r;
}
