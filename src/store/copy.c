// Copies a group or an array, with everything in it, into another file. The trials of a run are copied into run.h5 this
// way.
//
// HDF5 itself copies a group fast. But arrays and their dimension scales refer to each other by positions in the file,
// in the attributes DIMENSION_LIST and REFERENCE_LIST, and HDF5 copies these references unchanged. So we list the
// copied arrays first, and then let every reference point to the copy of its target.
#include "store/store_impl.h"

#include "base/mem.h"
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

struct copied { // an array that was copied
    hobj_ref_t from, to;
    char *path; // path within the copied object, owned
};

struct copy {
    struct store_file *from, *to;
    const char *object;   // path of the copied object in `from`
    const char *name;     // path of the copy in `to`
    hid_t source, target; // the object and its copy, both open
    struct err *e;
    struct copied *arrays;
    int n;
};

static herr_t copied_note(hid_t source, const char *path, const object_info *info, void *copy)
{
    struct copy *c = copy;
    struct copied array = {0};
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    if (H5Rcreate(&array.from, source, path, H5R_OBJECT, -1) < 0 ||
        H5Rcreate(&array.to, c->target, path, H5R_OBJECT, -1) < 0)
        return -1;
    array.path = mem_text(path);

    ASSERT(c->target >= 0, "%s: the copy is not open", c->name);
    c->arrays = mem_grow(c->arrays, (size_t)c->n + 1, sizeof *c->arrays);
    c->arrays[c->n++] = array;
    return 0;
}

static const hobj_ref_t *copied_find(const struct copy *c, hobj_ref_t from)
{
    for (int i = 0; i < c->n; i++)
        if (c->arrays[i].from == from)
            return &c->arrays[i].to;
    return NULL;
}

// Replaces a scale that was not copied: attaches the array that has the scale's path in the new file.
static int attach_outside(const struct copy *c, hid_t array, unsigned dim, hobj_ref_t from)
{
    char path[1024] = "";
    hid_t scale = H5Rdereference2(c->source, H5P_DEFAULT, H5R_OBJECT, &from), other = -1;
    if (scale >= 0 && H5Iget_name(scale, path, sizeof path) > 0)
        other = dataset_open(c->to, path, c->e);
    int rc = other >= 0 && H5DSattach_scale(array, other, dim) >= 0 ? 0 : -1;
    H5Oclose(other);
    H5Oclose(scale);
    return rc;
}

static const char dimensions[] = "DIMENSION_LIST"; // attribute of an array: the scales of each dimension
static const char users[] = "REFERENCE_LIST";      // attribute of a scale: the arrays that use it

// Makes the references of a copied array to its scales point to the copies of the scales.
static int dimensions_tie(const struct copy *c, hid_t array)
{
    hvl_t list[STORE_MAX_RANK] = {{0}};
    hobj_ref_t outside[STORE_MAX_RANK] = {0};
    hid_t attribute = H5Aopen(array, dimensions, H5P_DEFAULT), space = H5Aget_space(attribute);
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    hssize_t n = H5Sget_simple_extent_npoints(space);
    int rc = n >= 1 && n <= STORE_MAX_RANK && H5Aread(attribute, type, list) >= 0 ? 0 : -1;

    for (hssize_t i = 0; i < n && rc == 0; i++) {
        hobj_ref_t *scale = list[i].p;
        const hobj_ref_t *to = list[i].len ? copied_find(c, scale[0]) : NULL;
        outside[i] = list[i].len && !to ? scale[0] : 0;
        if (to)
            *scale = *to;
        list[i].len = to != NULL; // one scale per dimension
    }
    rc = rc == 0 && H5Awrite(attribute, type, list) >= 0 ? 0 : -1;
    for (hssize_t i = 0; i < n && rc == 0; i++)
        if (outside[i])
            rc = attach_outside(c, array, (unsigned)i, outside[i]);
    for (hssize_t i = 0; i < STORE_MAX_RANK; i++)
        free(list[i].p);

    H5Tclose(type);
    H5Sclose(space);
    H5Aclose(attribute);
    return rc;
}

struct user { // an element of REFERENCE_LIST
    hobj_ref_t array;
    int dimension;
};

static hid_t user_type(void)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(struct user));
    H5Tinsert(type, "dataset", offsetof(struct user, array), H5T_STD_REF_OBJ);
    H5Tinsert(type, "dimension", offsetof(struct user, dimension), H5T_NATIVE_INT);
    return type;
}

static int users_replace(hid_t scale, hid_t type, const struct user *list, hsize_t n)
{
    if (H5Adelete(scale, users) < 0)
        return -1;
    if (n == 0)
        return 0;

    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t attribute = H5Acreate2(scale, users, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int rc = attribute >= 0 && H5Awrite(attribute, type, list) >= 0 ? 0 : -1;

    H5Aclose(attribute);
    H5Sclose(space);
    return rc;
}

// Makes the references of a copied scale point to the copies of the arrays that use it. Omits arrays that were not
// copied.
static int users_tie(const struct copy *c, hid_t scale)
{
    hid_t attribute = H5Aopen(scale, users, H5P_DEFAULT), space = H5Aget_space(attribute), type = user_type();
    hssize_t n = H5Sget_simple_extent_npoints(space), kept = 0;
    struct user *list = n > 0 ? mem_new((size_t)n, sizeof *list) : NULL;
    int rc = list && H5Aread(attribute, type, list) >= 0 ? 0 : -1;

    for (hssize_t i = 0; i < n && rc == 0; i++) {
        const hobj_ref_t *to = copied_find(c, list[i].array);
        if (to)
            list[kept++] = (struct user){*to, list[i].dimension};
    }
    if (rc == 0 && kept == n)
        rc = H5Awrite(attribute, type, list) >= 0 ? 0 : -1;
    H5Aclose(attribute);
    if (rc == 0 && kept < n)
        rc = users_replace(scale, type, list, (hsize_t)kept);

    free(list);
    H5Sclose(space);
    H5Tclose(type);
    return rc;
}

// Reports that a copy failed: as an error of the disk if a write failed, otherwise as an error of the source. Returns
// -1.
static int copy_fail(struct copy *c, const char *what)
{
    if (durable_check(c->to, c->name, c->e) < 0)
        return -1;

    c->to->failed = true;
    return file_fail(c->from, c->object, c->e, "%s: cannot copy it to %s", what, c->to->path);
}

static int array_tie(struct copy *c, const char *path)
{
    hid_t array = H5Oopen(c->target, path, H5P_DEFAULT);
    int rc = array < 0 ? -1 : 0;
    if (rc == 0 && H5Aexists(array, users) > 0)
        rc = users_tie(c, array);
    if (rc == 0 && H5Aexists(array, dimensions) > 0)
        rc = dimensions_tie(c, array);
    if (rc < 0)
        copy_fail(c, path);

    H5Oclose(array);
    return rc;
}

static int body_copy(struct copy *c)
{
    hid_t links = links_new();
    int rc = H5Ocopy(c->source, ".", c->to->id, c->name, H5P_DEFAULT, links) < 0 ? -1 : 0;
    H5Pclose(links);
    c->target = rc == 0 ? H5Oopen(c->to->id, c->name, H5P_DEFAULT) : -1;
    if (c->target < 0 || objects_visit(c->source, copied_note, c) < 0)
        return copy_fail(c, "its arrays");
    return 0;
}

int store_copy(struct store_file *from, const char *object, struct store_file *to, const char *name, struct err *e)
{
    if (from->packed)
        return packed_copy(from, object, to, name, e);

    ASSERT(to->temporary && from->id >= 0, "%s: not open for writing", to->path);
    struct copy c = {.from = from, .object = object, .to = to, .name = name, .target = -1, .e = e};
    c.source = object_open(from, object, e);
    if (c.source < 0)
        return -1;

    int rc = body_copy(&c);
    for (int i = 0; i < c.n && rc == 0; i++)
        rc = array_tie(&c, c.arrays[i].path);
    if (rc == 0)
        rc = durable_check(to, name, e);
    for (int i = 0; i < c.n; i++)
        free(c.arrays[i].path);
    free(c.arrays);
    H5Oclose(c.target);
    H5Oclose(c.source);
    if (rc < 0)
        to->failed = true;

    return rc;
}
