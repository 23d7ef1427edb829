// Rows of an open array: which part of the file they are, and how they are read.
#include "store/store_impl.h"

#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

int rows_select(hid_t dataset, const struct store_shape *shape, int64_t first, int64_t rows, hid_t *file, hid_t *memory)
{
    hsize_t start[STORE_MAX_RANK] = {0}, count[STORE_MAX_RANK] = {0};

    ASSERT(shape->rank >= 0 && shape->rank <= STORE_MAX_RANK, "rank %d", shape->rank);
    ASSERT(first >= 0 && rows >= 0, "rows %" PRId64 " from %" PRId64, rows, first);
    for (int i = 0; i < shape->rank; i++)
        count[i] = (hsize_t)shape->dims[i];
    start[0] = (hsize_t)first;
    count[0] = (hsize_t)rows;
    *file = H5Dget_space(dataset);
    if (shape->rank == 0) {
        *memory = H5Screate(H5S_SCALAR);
        return *file < 0 || *memory < 0 ? -1 : 0;
    }
    *memory = H5Screate_simple(shape->rank, count, NULL);
    if (*file < 0 || *memory < 0)
        return -1;
    return H5Sselect_hyperslab(*file, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ? -1 : 0;
}

hid_t transfer_of_type(hid_t type)
{
    enum { BUFFER = 1 << 14 };
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);

    ASSERT(type >= 0, "no type");
    if (H5Tis_variable_str(type) > 0)
        H5Pset_buffer(transfer, BUFFER, NULL, NULL);
    return transfer;
}

// An integer takes a value as it is or not at all: HDF5 by itself would cut 2.7 to 2 and 300 to 127.
static H5T_conv_ret_t refuse_loss(H5T_conv_except_t what, hid_t from, hid_t to, void *source, void *target, void *lost)
{
    (void)from, (void)source, (void)target;
    bool is_loss = what != H5T_CONV_EXCEPT_PRECISION && H5Tget_class(to) == H5T_INTEGER;

    if (is_loss)
        *(bool *)lost = true;
    return is_loss ? H5T_CONV_ABORT : H5T_CONV_UNHANDLED;
}

hid_t transfer_new(struct store_file *f, hid_t type)
{
    ASSERT(f->id >= 0, "%s: not open", f->path);
    hid_t transfer = transfer_of_type(type);

    H5Pset_type_conv_cb(transfer, refuse_loss, &f->lost);
    f->lost = false;
    return transfer;
}

int read_rows(struct store_file *f, const char *path, hid_t dataset, hid_t memory_type, const struct store_shape *shape,
    int64_t first, int64_t rows, void *data, struct err *e)
{
    ASSERT(dataset >= 0 && memory_type >= 0, "%s: not open", path);
    if (rows * shape_row_elements(shape) == 0)
        return 0;
    hid_t file = -1, memory = -1, transfer = transfer_new(f, memory_type);
    int r = rows_select(dataset, shape, first, rows, &file, &memory);
    if (r == 0)
        r = H5Dread(dataset, memory_type, memory, file, transfer, data) < 0 ? -1 : 0;
    if (r < 0)
        file_fail(f, path, e, "cannot read %" PRId64 " rows at row %" PRId64, rows, first);
    H5Sclose(memory);
    H5Sclose(file);
    H5Pclose(transfer);

    return r;
}

// A string of fixed length ends at its first NUL or its last byte; if it is padded with spaces, as Fortran does, before
// the padding.
static char *fixed_text(const char *bytes, size_t size, bool is_padded)
{
    size_t n = strnlen(bytes, size);
    while (is_padded && n > 0 && bytes[n - 1] == ' ')
        n--;
    return mem_format("%.*s", (int)n, bytes);
}

static int read_fixed_texts(struct store_file *f, const char *path, hid_t dataset, hid_t stored,
    const struct store_shape *shape, int64_t first, int64_t rows, char **texts, struct err *e)
{
    int64_t n = rows * shape_row_elements(shape);
    size_t size = H5Tget_size(stored);
    char *bytes = mem_array((size_t)n, size, path, e);
    if (!bytes)
        return -1;
    int r = read_rows(f, path, dataset, stored, shape, first, rows, bytes, e);
    bool is_padded = H5Tget_strpad(stored) == H5T_STR_SPACEPAD;

    for (int64_t i = 0; i < n && r == 0; i++)
        texts[i] = fixed_text(bytes + (size_t)i * size, size, is_padded);
    free(bytes);

    return r;
}

int read_texts(struct store_file *f, const char *path, hid_t dataset, const struct store_shape *shape, int64_t first,
    int64_t rows, char **texts, struct err *e)
{
    int64_t n = rows * shape_row_elements(shape);
    if (n == 0)
        return 0;
    memset(texts, 0, (size_t)n * sizeof *texts);
    hid_t stored = H5Dget_type(dataset);
    bool is_variable = H5Tis_variable_str(stored) > 0;
    int r = is_variable ? read_rows(f, path, dataset, stored, shape, first, rows, texts, e)
                        : read_fixed_texts(f, path, dataset, stored, shape, first, rows, texts, e);
    H5Tclose(stored);
    if (r < 0)
        strings_free(texts, n);
    for (int64_t i = 0; i < n && r == 0; i++)
        if (!texts[i]) // HDF5's form of an empty string
            texts[i] = mem_text("");

    return r;
}
