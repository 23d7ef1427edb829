// Reads rows of an open array. HDF5 converts numbers. Strings are in new memory.
#include "store/store_impl.h"

#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

hid_t transfer_of_type(hid_t type)
{
    enum { BUFFER = 1 << 14 };
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);

    ASSERT(type >= 0, "no type");
    if (H5Tis_variable_str(type) > 0)
        H5Pset_buffer(transfer, BUFFER, NULL, NULL);
    return transfer;
}

// Aborts a conversion to an integer type that cannot hold the value. Otherwise HDF5 would turn 2.7 into 2 and 300 into
// 127.
static H5T_conv_ret_t refuse_loss(H5T_conv_except_t what, hid_t from, hid_t to, void *source, void *target, void *lost)
{
    (void)from, (void)source, (void)target;
    bool is_loss = what != H5T_CONV_EXCEPT_PRECISION && H5Tget_class(to) == H5T_INTEGER;

    if (is_loss)
        *(bool *)lost = true;
    return is_loss ? H5T_CONV_ABORT : H5T_CONV_UNHANDLED;
}

// Returns the property list of transfer_of_type with one addition: if an integer type cannot hold a value, the
// conversion fails and sets f->lost.
static hid_t transfer_new(struct store_file *f, hid_t type)
{
    ASSERT(f->id >= 0, "%s: not open", f->path);
    hid_t transfer = transfer_of_type(type);

    H5Pset_type_conv_cb(transfer, refuse_loss, &f->lost);
    f->lost = false;
    return transfer;
}

const char *entry_name(int dimension)
{
    return dimension ? "column" : "row";
}

int array_read(
    const struct open_array *a, int dimension, struct store_range part, hid_t type, void *data, struct err *e)
{
    ASSERT(a->dataset >= 0 && type >= 0, "%s: not open", a->path);
    if (part.n == 0 || shape_rows(&a->shape) * shape_row_elements(&a->shape) == 0)
        return 0;

    const char *what = entry_name(dimension);
    hid_t file = -1, memory = -1, transfer = transfer_new(a->f, type);
    int rc = array_select(a, dimension, part, &file, &memory);
    if (rc == 0 && H5Dread(a->dataset, type, memory, file, transfer, data) < 0)
        rc = -1;
    if (rc < 0)
        file_fail(a->f, a->path, e, "cannot read %" PRId64 " %ss at %s %" PRId64, part.n, what, what, part.first);

    H5Sclose(memory);
    H5Sclose(file);
    H5Pclose(transfer);
    return rc;
}

// Copies a string of fixed length into new memory. The string ends before its first NUL, or after its last byte if it
// has no NUL. If `is_padded`, as for strings of Fortran, spaces at the end are removed.
static char *fixed_text(const char *bytes, size_t size, bool is_padded)
{
    size_t n = strnlen(bytes, size);
    while (is_padded && n > 0 && bytes[n - 1] == ' ')
        n--;
    return mem_format("%.*s", (int)n, bytes);
}

static int read_fixed_texts(
    const struct open_array *a, hid_t stored, struct store_range rows, char **texts, struct err *e)
{
    int64_t n = rows.n * shape_row_elements(&a->shape);
    size_t size = H5Tget_size(stored);
    char *bytes = mem_array((size_t)n, size, a->path, e);
    if (!bytes)
        return -1;

    int rc = array_read(a, 0, rows, stored, bytes, e);
    bool is_padded = H5Tget_strpad(stored) == H5T_STR_SPACEPAD;
    for (int64_t i = 0; i < n && rc == 0; i++)
        texts[i] = fixed_text(bytes + (size_t)i * size, size, is_padded);

    free(bytes);
    return rc;
}

int read_texts(const struct open_array *a, struct store_range rows, char **texts, struct err *e)
{
    int64_t n = rows.n * shape_row_elements(&a->shape);
    if (n == 0)
        return 0;

    memset(texts, 0, (size_t)n * sizeof *texts);
    hid_t stored = H5Dget_type(a->dataset);
    bool is_variable = H5Tis_variable_str(stored) > 0;
    int rc = is_variable ? array_read(a, 0, rows, stored, texts, e) : read_fixed_texts(a, stored, rows, texts, e);
    H5Tclose(stored);

    if (rc < 0)
        strings_free(texts, n);
    for (int64_t i = 0; i < n && rc == 0; i++)
        if (!texts[i]) // HDF5 can return NULL for an empty string
            texts[i] = mem_text("");
    return rc;
}
