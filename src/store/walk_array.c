// Reads an array during the walk: enough of it to show whether HDF5 can read it without crashing.
#include "store/store_impl.h"

#include "base/mem.h"
#include <stdlib.h>

// Returns 0 if the read failed because a value is beyond our largest integer. This is not damage, and a later read of
// the array reports the row of the value. Otherwise adds `why` to the errors and returns `rc`.
static int forgive_loss(const struct open_array *a, int rc, const struct err *why, struct err *e)
{
    if (rc < 0 && a->f->lost)
        return 0;
    if (rc < 0)
        err_merge(e, why);
    return rc;
}

static int read_whole_array(const struct open_array *a, struct err *e)
{
    const int64_t rows = shape_rows(&a->shape), elements = shape_row_elements(&a->shape);
    const int64_t most = shape_piece(&a->shape), piece = most < rows ? most : rows;
    void *data = mem_array((size_t)(piece * elements), store_type_size(a->shape.type), a->path, e);
    int rc = data ? 0 : -1;

    for (int64_t first = 0, n; first < rows && rc == 0; first += n) {
        n = rows - first < piece ? rows - first : piece;
        struct err why = {0};
        a->f->lost = false;
        rc = store_read(a->f, a->path, a->shape.type, store_entries(first, n), data, &why);
        rc = forgive_loss(a, rc, &why, e);
        if (a->shape.type == STORE_TEXT && rc == 0)
            strings_free(data, n * elements);
    }

    free(data);
    return rc;
}

static int read_ends(const struct open_array *a, struct err *e)
{
    const int rank = a->shape.rank;
    hsize_t at[2 * STORE_MAX_RANK] = {0};
    double values[2];

    for (int i = 0; i < rank; i++)
        at[rank + i] = (hsize_t)a->shape.dims[i] - 1;
    hid_t file = H5Dget_space(a->dataset), memory = H5Screate_simple(1, (const hsize_t[]){rank ? 2 : 1}, NULL);
    hid_t type = type_open(a->shape.type);
    int rc = rank && H5Sselect_elements(file, H5S_SELECT_SET, 2, at) < 0 ? -1 : 0;
    if (rc == 0 && H5Dread(a->dataset, type, memory, file, H5P_DEFAULT, values) < 0)
        rc = -1;
    if (rc < 0)
        file_fail(a->f, a->path, e, "cannot read its first and last element");

    H5Tclose(type);
    H5Sclose(memory);
    H5Sclose(file);
    return rc;
}

int array_try(struct open_array *a, struct err *e)
{
    struct err other = {0};

    if (array_shape(a, &other) < 0)
        return 0;
    if (shape_rows(&a->shape) * shape_row_elements(&a->shape) == 0 || H5Dget_storage_size(a->dataset) == 0)
        return 0;

    hid_t creation = H5Dget_create_plist(a->dataset);
    bool is_plain = H5Pget_layout(creation) == H5D_CONTIGUOUS && a->shape.type != STORE_TEXT;
    H5Pclose(creation);
    return is_plain ? read_ends(a, e) : read_whole_array(a, e);
}
