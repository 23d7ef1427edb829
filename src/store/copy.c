// A group or array with all that belongs to it, from one file into another. HDF5's own copy of a group leaves the
// references between arrays and their scales pointing into the old file: they are tied anew here.
#include "store/store_impl.h"

#include "base/mem.h"
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

struct copied {      // an array that was copied
    haddr_t address; // of the original
    char *from, *to; // paths, owned
};

struct copy {
    struct store_file *from, *to;
    const char *object, *name; // what is copied, and as what
    struct err *e;
    struct copied *arrays;
    int n;
};

static bool is_tie(const char *attribute)
{
    static const char *const ties[] = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"};
    for (size_t i = 0; i < sizeof ties / sizeof ties[0]; i++)
        if (strcmp(attribute, ties[i]) == 0)
            return true;
    return false;
}

static int value_copy(hid_t from, const char *name, hid_t type, hid_t space, hid_t target)
{
    struct err none = {0};
    void *value = mem_array((size_t)H5Sget_simple_extent_npoints(space), H5Tget_size(type), name, &none);
    hid_t to = H5Acreate2(target, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int r = value && to >= 0 && H5Aread(from, type, value) >= 0 && H5Awrite(to, type, value) >= 0 ? 0 : -1;
    if (r == 0)
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, value);
    if (to >= 0)
        H5Aclose(to);
    free(value);
    return r;
}

static herr_t attribute_copy(hid_t object, const char *name, const H5A_info_t *info, void *target)
{
    (void)info;
    if (is_tie(name))
        return 0;
    hid_t from = H5Aopen(object, name, H5P_DEFAULT), type = H5Aget_type(from), space = H5Aget_space(from);
    int r = from < 0 || type < 0 || space < 0 ? -1 : value_copy(from, name, type, space, *(hid_t *)target);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(from);
    return r;
}

// An array's bytes, and that it is a scale; a group is made empty.
static hid_t body_copy(struct copy *c, const char *from, const char *to, hid_t object)
{
    hid_t links = links_new(), how = H5Pcreate(H5P_OBJECT_COPY), target = -1;
    char scale[256] = "";
    H5Pset_copy_object(how, H5O_COPY_WITHOUT_ATTR_FLAG);
    if (H5Iget_type(object) == H5I_GROUP)
        target = H5Gcreate2(c->to->id, to, links, H5P_DEFAULT, H5P_DEFAULT);
    else if (H5Ocopy(c->from->id, from, c->to->id, to, how, links) >= 0)
        target = H5Oopen(c->to->id, to, H5P_DEFAULT);
    if (target >= 0 && H5Iget_type(object) == H5I_DATASET && H5DSis_scale(object) > 0)
        if (H5DSget_scale_name(object, scale, sizeof scale) < 0 || H5DSset_scale(target, scale) < 0) {
            H5Oclose(target);
            target = -1;
        }
    H5Pclose(how);
    H5Pclose(links);
    return target;
}

static void remember(struct copy *c, haddr_t address, const char *from, const char *to)
{
    c->arrays = mem_grow(c->arrays, (size_t)c->n + 1, sizeof *c->arrays);
    c->arrays[c->n++] = (struct copied){.address = address, .from = mem_text(from), .to = mem_text(to)};
}

static herr_t object_copy(hid_t root, const char *relative, const H5O_info_t *info, void *copy)
{
    (void)root;
    struct copy *c = copy;
    bool is_top = strcmp(relative, ".") == 0;
    char *from = mem_format("%s%s%s", c->object, is_top ? "" : "/", is_top ? "" : relative);
    char *to = mem_format("%s%s%s", c->name, is_top ? "" : "/", is_top ? "" : relative);
    hid_t object = object_open(c->from, from, c->e);
    hid_t target = object < 0 ? -1 : body_copy(c, from, to, object);
    int r =
        target < 0 || H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, attribute_copy, &target) < 0 ? -1 : 0;
    if (r < 0)
        file_fail(c->to, to, c->e, "cannot copy it from %s", c->from->path);
    else if (info->type == H5O_TYPE_DATASET)
        remember(c, info->addr, from, to);
    H5Oclose(target);
    H5Oclose(object);
    free(from);
    free(to);
    return r;
}

// The copy of a scale; of one outside of what is copied, the array of the same path.
static char *scale_path(struct copy *c, hid_t scale)
{
    H5O_info_t info;
    char path[1024] = "";
    if (H5Oget_info2(scale, &info, H5O_INFO_BASIC) < 0)
        return NULL;
    for (int i = 0; i < c->n; i++)
        if (c->arrays[i].address == info.addr)
            return mem_format("/%s", c->arrays[i].to + strspn(c->arrays[i].to, "/"));
    return H5Iget_name(scale, path, sizeof path) > 0 ? mem_text(path) : NULL;
}

struct tie {
    struct copy *copy;
    struct store_about about; // only its scales, owned
};

static herr_t tie_collect(hid_t dataset, unsigned dim, hid_t scale, void *tie)
{
    (void)dataset;
    struct tie *t = tie;
    char *path = dim < STORE_MAX_RANK ? scale_path(t->copy, scale) : NULL;
    if (!path)
        return -1;
    t->about.scales[dim] = path;
    return 1; // one scale a dimension
}

static int array_tie(struct copy *c, const struct copied *array)
{
    struct tie tie = {.copy = c};
    hid_t dataset = dataset_open(c->from, array->from, c->e);
    hid_t space = dataset < 0 ? -1 : H5Dget_space(dataset);
    int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space), r = rank < 0 ? -1 : 0;
    for (int i = 0; i < rank && r == 0; i++)
        if (H5DSget_num_scales(dataset, (unsigned)i) > 0)
            r = H5DSiterate_scales(dataset, (unsigned)i, NULL, tie_collect, &tie) < 0 ? -1 : 0;
    if (r < 0)
        file_fail(c->from, array->from, c->e, "cannot read its scales");
    else
        r = store_describe(c->to, array->to, &tie.about, c->e);
    for (int i = 0; i < STORE_MAX_RANK; i++)
        free((char *)tie.about.scales[i]);
    H5Sclose(space);
    H5Dclose(dataset);
    return r;
}

int store_copy(struct store_file *from, const char *object, struct store_file *to, const char *name, struct err *e)
{
    struct copy c = {.from = from, .to = to, .object = object, .name = name, .e = e};
    hid_t top = object_open(from, object, e);
    if (top < 0)
        return -1;
    int r = H5Ovisit2(top, H5_INDEX_NAME, H5_ITER_NATIVE, object_copy, &c, H5O_INFO_BASIC) < 0 ? -1 : 0;
    for (int i = 0; i < c.n && r == 0; i++)
        r = array_tie(&c, &c.arrays[i]);
    for (int i = 0; i < c.n; i++) {
        free(c.arrays[i].from);
        free(c.arrays[i].to);
    }
    free(c.arrays);
    H5Oclose(top);
    if (r < 0)
        to->failed = true;
    return r;
}
