// What makes an array open labelled elsewhere: long_name, units, and dimension scales (HDF5's H5DS, which is also how
// netCDF-4 names its dimensions).
#include "store/store_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include <hdf5_hl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int scale_attach(
    struct store_file *f, const char *path, hid_t dataset, int dim, const char *scale_path, struct err *e)
{
    hid_t scale = dataset_open(f, scale_path, e);
    if (scale < 0)
        return -1;
    struct store_shape shape, of_scale;
    int r = dataset_shape(f, path, dataset, &shape, e) < 0 || dataset_shape(f, scale_path, scale, &of_scale, e) < 0 ? -1
                                                                                                                    : 0;
    if (r == 0 && (of_scale.rank != 1 || of_scale.dims[0] != shape.dims[dim]))
        r = err_add(e, ERR_SOFTWARE, "%s: %s: dimension %d is %" PRId64 ", its scale %s is not", f->path, path, dim,
            shape.dims[dim], scale_path);
    if (r == 0 && H5DSattach_scale(dataset, scale, (unsigned)dim) < 0)
        r = file_fail(f, path, e, "cannot attach the scale %s", scale_path);
    H5Dclose(scale);

    return r;
}

static int scale_set(struct store_file *f, const char *path, hid_t dataset, int dim, const char *name, struct err *e)
{
    ASSERT(dim >= 0 && dim < STORE_MAX_RANK, "%s: dimension %d", path, dim);
    char *scale = object_sibling(path, name);
    int r = 0;
    if (strcmp(scale + strspn(scale, "/"), path + strspn(path, "/")) != 0)
        r = scale_attach(f, path, dataset, dim, scale, e);
    else if (H5DSset_scale(dataset, object_name(path)) < 0)
        r = file_fail(f, path, e, "cannot make it a scale");
    free(scale);
    return r;
}

int store_describe(struct store_file *f, const char *path, const struct store_about *about, struct err *e)
{
    hid_t dataset = object_recent(f, path, e);
    if (dataset < 0)
        return -1;
    int r = 0;
    if (about->long_name)
        r = store_set_text(f, path, STORE_LONG_NAME, about->long_name, e);
    if (r == 0 && about->units)
        r = store_set_text(f, path, STORE_UNITS, about->units, e);
    for (int i = 0; i < STORE_MAX_RANK && r == 0; i++)
        if (about->scales[i])
            r = scale_set(f, path, dataset, i, about->scales[i], e);

    return r;
}
