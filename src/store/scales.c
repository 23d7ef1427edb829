// Describes arrays so that other programs open them with labels. xarray and netCDF-4 read the attributes `long_name`
// and `units`, and take the names and coordinates of dimensions from HDF5's dimension scales (H5DS).
#include "store/store_impl.h"

#include "base/mem.h"
#include "store/schema.h"
#include <hdf5_hl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Attaches a scale to a dimension of an open array. Checks that both have the same number of entries.
static int scale_attach(const struct open_array *a, int dim, const char *scale_path, struct err *e)
{
    struct open_array scale;
    if (array_open(a->f, scale_path, &scale, e) < 0)
        return -1;

    int rc = 0;
    if (scale.shape.rank != 1 || scale.shape.dims[0] != a->shape.dims[dim])
        rc = err_add(e, ERR_SOFTWARE, "%s: %s: dimension %d is %" PRId64 ", its scale %s is not", a->f->path, a->path,
            dim, a->shape.dims[dim], scale_path);
    else if (H5DSattach_scale(a->dataset, scale.dataset, (unsigned)dim) < 0)
        rc = file_fail(a->f, a->path, e, "cannot attach the scale %s", scale_path);
    array_close(&scale);
    return rc;
}

// Attaches the scale called `name` to a dimension. If `name` is that of the array itself, makes the array a scale.
static int scale_set(struct open_array *a, int dim, const char *name, struct err *e)
{
    ASSERT(dim >= 0 && dim < STORE_MAX_RANK, "%s: dimension %d", a->path, dim);
    char *scale = object_sibling(a->path, name);
    int rc = 0;

    if (strcmp(scale + strspn(scale, "/"), a->path + strspn(a->path, "/")) == 0)
        rc = H5DSset_scale(a->dataset, object_name(a->path)) < 0 ? file_fail(a->f, a->path, e, "cannot make it a scale")
                                                                 : 0;
    else if ((rc = array_shape(a, e)) == 0)
        rc = scale_attach(a, dim, scale, e);
    free(scale);
    return rc;
}

int store_describe(struct store_file *f, const char *path, const struct store_about *about, struct err *e)
{
    struct open_array a = {.f = f, .path = path, .dataset = object_recent(f, path, e)};
    if (a.dataset < 0)
        return -1;

    int rc = 0;
    if (about->long_name)
        rc = store_set_text(f, path, STORE_LONG_NAME, about->long_name, e);
    if (rc == 0 && about->units)
        rc = store_set_text(f, path, STORE_UNITS, about->units, e);
    for (int i = 0; i < STORE_MAX_RANK && rc == 0; i++)
        if (about->scales[i])
            rc = scale_set(&a, i, about->scales[i], e);

    return rc;
}
