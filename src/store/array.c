// Opens arrays in HDF5, checks their form before their values are read, and selects a part of one.
#include "store/store_impl.h"

#include <inttypes.h>

// Returns true if the number of bytes fits into an int64_t. A malformed file may claim any dimensions.
static bool shape_fits(const struct store_shape *shape)
{
    int64_t bytes = (int64_t)store_type_size(shape->type);
    for (int i = 0; i < shape->rank; i++) {
        int64_t n = shape->dims[i] ? shape->dims[i] : 1;
        if (n < 0 || __builtin_mul_overflow(bytes, n, &bytes))
            return false;
    }
    return true;
}

static int space_dims(hid_t space, struct store_shape *shape)
{
    hsize_t dims[STORE_MAX_RANK];
    if (H5Sget_simple_extent_type(space) == H5S_NULL || H5Sget_simple_extent_dims(space, dims, NULL) < 0)
        return -1;
    for (int i = 0; i < shape->rank; i++)
        shape->dims[i] = (int64_t)dims[i];
    return shape_fits(shape) ? 0 : -1;
}

// Refuses arrays that we do not read: those whose values are in other files, and those with a filter whose code is not
// known to be safe on malformed files.
static int form_check(const struct open_array *a, hid_t creation, struct err *e)
{
    if (H5Pget_layout(creation) == H5D_VIRTUAL || H5Pget_external_count(creation) != 0)
        return file_fail(a->f, a->path, e, "its values are in other files, which are not read");

    for (int i = 0; i < H5Pget_nfilters(creation); i++) {
        unsigned flags, config;
        size_t values = 0;
        char name[64] = "";
        H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, sizeof name, name, &config);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
            return file_fail(a->f, a->path, e,
                "filter %d (%s), allowed are gzip, shuffle and fletcher32; h5repack -f GZIP=1 "
                "rewrites the file",
                (int)filter, name);
    }

    return 0;
}

// Refuses an array whose dimensions need more bytes than the file holds for it: HDF5 reads beyond the end of a compact
// array, which can crash.
static int storage_check(const struct open_array *a, hid_t type, hid_t creation, struct err *e)
{
    double stored = (double)H5Dget_storage_size(a->dataset); // 0: nothing was written, fill values are read
    double needed = (double)shape_rows(&a->shape) * (double)shape_row_elements(&a->shape) * (double)H5Tget_size(type);

    if (H5Pget_layout(creation) == H5D_CHUNKED || stored == 0 || stored >= needed)
        return 0;
    return file_fail(a->f, a->path, e, "its dimensions need %.0f bytes, but %.0f are stored", needed, stored);
}

int array_shape(struct open_array *a, struct err *e)
{
    hid_t type = H5Dget_type(a->dataset), space = H5Dget_space(a->dataset), creation = H5Dget_create_plist(a->dataset);
    const int ours = type < 0 ? -1 : type_of(type);
    const int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    int rc = 0;

    a->shape = (struct store_shape){.rank = rank};
    if (type < 0 || space < 0 || creation < 0 || rank < 0)
        rc = file_fail(a->f, a->path, e, "cannot read its type and dimensions");
    else if (ours < 0)
        rc = file_fail(
            a->f, a->path, e, "elements that are neither numbers nor strings, which is all that can be read here");
    else if (rank > STORE_MAX_RANK)
        rc = file_fail(a->f, a->path, e, "has %d dimensions, allowed are 0 to %d", rank, STORE_MAX_RANK);
    else {
        a->shape.type = (enum store_type)ours;
        if (space_dims(space, &a->shape) < 0)
            rc = file_fail(a->f, a->path, e, "cannot read its dimensions");
        else
            rc = form_check(a, creation, e) == 0 ? storage_check(a, type, creation, e) : -1;
    }

    H5Pclose(creation);
    H5Sclose(space);
    H5Tclose(type);
    return rc;
}

int array_open(struct store_file *f, const char *path, struct open_array *a, struct err *e)
{
    *a = (struct open_array){.f = f, .path = path, .dataset = dataset_open(f, path, e)};
    if (a->dataset < 0)
        return -1;
    if (array_shape(a, e) == 0)
        return 0;

    H5Dclose(a->dataset);
    return -1;
}

void array_close(struct open_array *a)
{
    ASSERT(a->dataset >= 0, "%s: not open", a->path);
    H5Dclose(a->dataset);
    a->dataset = -1;
}

int array_select(const struct open_array *a, int dimension, struct store_range part, hid_t *file, hid_t *memory)
{
    const struct store_shape *shape = &a->shape;
    hsize_t start[STORE_MAX_RANK] = {0}, count[STORE_MAX_RANK] = {0};

    ASSERT(shape->rank >= 0 && shape->rank <= STORE_MAX_RANK, "rank %d", shape->rank);
    ASSERT(dimension >= 0 && dimension < STORE_MAX_RANK, "dimension %d", dimension);
    ASSERT(part.first >= 0 && part.n >= 0, "%" PRId64 " entries from %" PRId64, part.n, part.first);
    for (int i = 0; i < shape->rank; i++)
        count[i] = (hsize_t)shape->dims[i];
    start[dimension] = (hsize_t)part.first;
    count[dimension] = (hsize_t)part.n;

    *file = H5Dget_space(a->dataset);
    *memory = shape->rank ? H5Screate_simple(shape->rank, count, NULL) : H5Screate(H5S_SCALAR);
    if (*file < 0 || *memory < 0)
        return -1;
    if (shape->rank == 0)
        return 0;
    return H5Sselect_hyperslab(*file, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ? -1 : 0;
}
