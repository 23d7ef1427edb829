// Computes, stores and compares the checksum of all attributes in a group. It shows if a setting or a metric was
// changed. It also shows if an array is missing or was exchanged, because the checksums of arrays are attributes, too.
//
// It is the XXH3-64 over path, name and value of every attribute of the group and of the objects in it, in order of
// name. The attribute `attributes_xxh3` of the group holds it as 16 hexadecimal digits. An object that has such a
// checksum itself is left out, with everything in it. Attributes that are not a single value are left out, too: HDF5
// uses these to store the references between arrays and scales.
#include "store/store_impl.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/schema.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct attribute_walk {
    struct hash_stream *hash;
    const char *path; // path of the object within the group
};

static bool has_own(hid_t object)
{
    return H5Aexists(object, STORE_ATTRIBUTES_CHECKSUM) > 0;
}

static herr_t hash_attribute(hid_t object, const char *name, const H5A_info_t *info, void *context)
{
    (void)info;
    struct attribute_walk *v = context;
    if (strcmp(name, STORE_ATTRIBUTES_CHECKSUM) != 0)
        attribute_hash(object, v->path, name, v->hash);
    return 0;
}

static int hash_object(hid_t object, const char *path, struct hash_stream *hash);

// Adds the object of a hard link to the checksum, unless the object has a checksum of its own. Skips other links.
static herr_t hash_link(hid_t group, const char *name, const link_info *info, void *context)
{
    const struct attribute_walk *v = context;
    if (info->type != H5L_TYPE_HARD)
        return 0;

    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    int rc = object < 0 ? -1 : 0;
    if (rc == 0 && !has_own(object)) {
        char *path = mem_format("%s/%s", v->path, name);
        rc = hash_object(object, path, v->hash);
        free(path);
    }

    H5Oclose(object);
    return rc;
}

static int hash_object(hid_t object, const char *path, struct hash_stream *hash)
{
    struct attribute_walk v = {hash, path};
    if (H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, NULL, hash_attribute, &v) < 0)
        return -1;
    return H5Iget_type(object) == H5I_GROUP && links_visit(object, hash_link, &v) < 0 ? -1 : 0;
}

static int checksum_of(hid_t group, char out[17])
{
    struct hash_stream *hash = hash_stream_new();
    int rc = hash_object(group, "", hash);
    snprintf(out, 17, "%016" PRIx64, hash_stream_value(hash));
    hash_stream_free(&hash);
    return rc;
}

int store_attributes_checksum(struct store_file *f, const char *group, char out[17], struct err *e)
{
    hid_t object = object_open(f, group, e);
    int rc = object < 0 ? -1 : checksum_of(object, out);
    if (object >= 0 && rc < 0)
        file_fail(f, group, e, "cannot read its attributes");
    H5Oclose(object);
    return rc;
}

int store_seal_attributes(struct store_file *f, const char *group, struct err *e)
{
    char value[17];
    return store_attributes_checksum(f, group, value, e) < 0
               ? -1
               : store_set_text(f, group, STORE_ATTRIBUTES_CHECKSUM, value, e);
}

int attributes_verify(struct store_file *f, const char *path, hid_t group, struct err *e)
{
    char found[17] = "";
    char *expected = attribute_text(group, STORE_ATTRIBUTES_CHECKSUM);
    const char *name = strcmp(path, ".") == 0 ? "/" : path;
    int rc = expected ? checksum_of(group, found) : 0;

    if (!expected && has_own(group))
        return err_add(e, ERR_DATA, "%s: %s: damaged: the checksum of its attributes cannot be read", f->path, name);
    if (rc < 0)
        snprintf(found, sizeof found, "not available");
    if (expected && strcmp(found, expected) != 0)
        rc = err_add(e, f->temporary ? ERR_IO : ERR_DATA,
            "%s: %s: damaged: the checksum of its attributes is %s, written was %s", f->path, name, found, expected);

    free(expected);
    return rc;
}
