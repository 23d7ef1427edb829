// Writes and reads attributes: settings, metrics and names. Each is a single string, integer or real. Attributes with
// several numbers, which other programs write, can only be read.
#include "store/store_impl.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/schema.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Opens an object as object_recent does. If it does not exist, makes a group of that name.
static hid_t object_or_group(struct store_file *f, const char *path, struct err *e)
{
    hid_t object = object_recent(f, path, NULL);
    if (object >= 0)
        return object;

    hid_t links = links_new(), group = H5Gcreate2(f->id, path, links, H5P_DEFAULT, H5P_DEFAULT);
    if (group < 0)
        file_fail(f, path, e, "cannot make the group");

    H5Pclose(links);
    H5Gclose(group);
    return group < 0 ? -1 : object_recent(f, path, e);
}

static int value_write(hid_t object, const char *name, hid_t type, const void *value)
{
    if (H5Aexists(object, name) > 0 && H5Adelete(object, name) < 0)
        return -1;

    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int rc = attribute < 0 || H5Awrite(attribute, type, value) < 0 ? -1 : 0;

    if (attribute >= 0 && H5Aclose(attribute) < 0)
        rc = -1;
    if (space >= 0)
        H5Sclose(space);
    return rc;
}

static void packed_set_value(
    struct packed *p, const char *path, const char *name, enum store_type type, const void *value)
{
    struct packed_attribute a = {.name = name, .type = type};

    ASSERT(type == STORE_TEXT || store_type_size(type) == sizeof a.value.whole, "%s: type %d", name, type);
    if (type == STORE_TEXT)
        a.value.text = *(const char *const *)value;
    else
        memcpy(&a.value, value, sizeof a.value.whole);
    packed_set(p, packed_make(p, path), &a);
}

// Returns the attribute of a file in memory. Returns NULL if it does not exist.
static const struct packed_attribute *packed_attribute_of(struct store_file *f, const char *path, const char *name)
{
    const struct packed_object *o = packed_find(f->packed, path);
    return o ? packed_get(o, name) : NULL;
}

// Returns a copy of a string attribute of a file in memory, or NULL if there is none. The checksum of an array is a
// string attribute, too.
static char *packed_get_text(struct store_file *f, const char *path, const char *name)
{
    const struct packed_object *o = packed_find(f->packed, path);
    const struct packed_attribute *a = o ? packed_get(o, name) : NULL;

    if (o && o->is_array && strcmp(name, STORE_CHECKSUM) == 0)
        return mem_format("%016" PRIx64, o->checksum);
    return a && a->type == STORE_TEXT ? mem_text(a->value.text) : NULL;
}

static int value_set(
    struct store_file *f, const char *path, const char *name, enum store_type type, const void *value, struct err *e)
{
    if (f->packed) {
        packed_set_value(f->packed, path, name, type, value);
        return 0;
    }

    ASSERT(f->temporary, "%s: attribute %s: the file is open for reading", f->path, name);
    hid_t object = object_or_group(f, path, e);
    if (object < 0)
        return -1;

    hid_t memory = type_open(type);
    int rc = value_write(object, name, memory, value);
    if (rc < 0)
        file_fail(f, path, e, "cannot set its attribute %s", name);

    H5Tclose(memory);
    return rc;
}

int store_set_text(struct store_file *f, const char *object, const char *name, const char *value, struct err *e)
{
    return value_set(f, object, name, STORE_TEXT, &value, e);
}

int store_set_int(struct store_file *f, const char *object, const char *name, int64_t value, struct err *e)
{
    return value_set(f, object, name, STORE_I64, &value, e);
}

int store_set_real(struct store_file *f, const char *object, const char *name, double value, struct err *e)
{
    return value_set(f, object, name, STORE_F64, &value, e);
}

// Opens an attribute and sets the type of its value. Returns -1 if the attribute does not exist, or does not hold a
// single value of one of our types.
static hid_t single_of(hid_t object, const char *name, enum store_type *type)
{
    hid_t attribute = object >= 0 && H5Aexists(object, name) > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
    if (attribute < 0)
        return -1;

    hid_t space = H5Aget_space(attribute), stored = H5Aget_type(attribute);
    int ours = stored < 0 ? -1 : type_of(stored);
    if (ours < 0 || space < 0 || H5Sget_simple_extent_npoints(space) != 1) {
        H5Aclose(attribute);
        attribute = -1;
    }
    *type = (enum store_type)ours;

    H5Tclose(stored);
    H5Sclose(space);
    return attribute;
}

static hid_t single_open(struct store_file *f, const char *path, const char *name, enum store_type *type)
{
    hid_t attribute = single_of(object_recent(f, path, NULL), name, type);
    object_release(f);
    return attribute;
}

static char *text_read(hid_t attribute)
{
    hid_t stored = H5Aget_type(attribute);
    char *value = NULL;
    if (H5Tis_variable_str(stored) > 0) {
        if (H5Aread(attribute, stored, &value) < 0)
            value = NULL;
    } else {
        struct err none = {0};
        value = mem_array(H5Tget_size(stored) + 1, 1, "attribute", &none);
        if (value && H5Aread(attribute, stored, value) < 0) {
            free(value);
            value = NULL;
        }
    }

    H5Tclose(stored);
    return value;
}

static char *text_take(hid_t attribute, enum store_type type)
{
    char *value = type == STORE_TEXT ? text_read(attribute) : NULL;
    H5Aclose(attribute);
    return value;
}

char *store_get_text(struct store_file *f, const char *object, const char *name)
{
    enum store_type type;
    if (f->packed)
        return packed_get_text(f, object, name);

    hid_t attribute = single_open(f, object, name, &type);
    return attribute < 0 ? NULL : text_take(attribute, type);
}

char *attribute_text(hid_t object, const char *name)
{
    enum store_type type;
    hid_t attribute = single_of(object, name, &type);
    return attribute < 0 ? NULL : text_take(attribute, type);
}

// Returns the number of values of a numeric attribute. Returns -1 if its values are not numbers, if it has none, or if
// `reals` has no space for them.
static int reals_count(hid_t attribute, struct store_reals *reals)
{
    hid_t space = H5Aget_space(attribute), stored = H5Aget_type(attribute);
    int ours = stored < 0 ? -1 : type_of(stored);
    hssize_t n = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);

    H5Tclose(stored);
    H5Sclose(space);
    reals->type = (enum store_type)ours;
    return ours < 0 || ours == STORE_TEXT || n < 1 || n > reals->capacity ? -1 : (int)n;
}

// Reads the numbers of an attribute. Returns how many it has, 0 if the attribute does not exist, or -1 if reals_count
// or HDF5 refuses it.
static int reals_read(hid_t object, const char *name, struct store_reals *reals)
{
    ASSERT(reals->capacity > 0 && reals->capacity <= STORE_REALS_MAX, "capacity %d", reals->capacity);
    if (object < 0 || H5Aexists(object, name) <= 0)
        return 0;

    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (attribute < 0)
        return -1;

    int n = reals_count(attribute, reals);
    if (n > 0 && H5Aread(attribute, H5T_NATIVE_DOUBLE, reals->values) < 0)
        n = -1;
    H5Aclose(attribute);
    return n;
}

void attribute_touch(hid_t object, const char *name)
{
    enum store_type type;
    int64_t whole;
    double real;
    double values[STORE_REALS_MAX];
    hid_t attribute = single_of(object, name, &type);
    if (attribute < 0) { // not a single value: store_get_reals may read it later
        reals_read(object, name, &(struct store_reals){.values = values, .capacity = STORE_REALS_MAX});
        return;
    }
    if (type == STORE_TEXT)
        free(text_read(attribute));
    else if (H5Aread(attribute, H5T_NATIVE_INT64, &whole) >= 0)
        H5Aread(attribute, H5T_NATIVE_DOUBLE, &real);
    H5Aclose(attribute);
}

void attribute_hash(hid_t object, const char *path, const char *name, struct hash_stream *hash)
{
    enum store_type type;
    union {
        int64_t whole;
        double real;
    } number = {0};
    hid_t attribute = single_of(object, name, &type);
    if (attribute < 0)
        return;

    hash_stream_add(hash, path, strlen(path) + 1);
    hash_stream_add(hash, name, strlen(name) + 1);
    char *text = type == STORE_TEXT ? text_read(attribute) : NULL;
    if (text)
        hash_stream_add(hash, text, strlen(text) + 1);
    else if (type != STORE_TEXT) {
        bool is_real = type == STORE_F32 || type == STORE_F64;
        H5Aread(attribute, is_real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64, &number);
        hash_stream_add(hash, &number, sizeof number);
    }
    free(text);
    H5Aclose(attribute);
}

// Reports that a numeric attribute is missing or has another type, unless `e` is NULL. Returns -1.
static int number_missing(
    struct store_file *f, const char *path, const char *name, bool whole, bool is_there, struct err *e)
{
    const char *found = is_there ? "of another type" : "missing or not a single value";
    const char *expected = whole ? "an integer" : "a number";

    if (e)
        err_add(
            e, ERR_DATA, "%s: %s: attribute %s: %s, expected %s", f->path, *path ? path : "/", name, found, expected);
    return -1;
}

static int packed_number_get(
    struct store_file *f, const char *path, const char *name, bool whole, void *value, struct err *e)
{
    const struct packed_attribute *a = packed_attribute_of(f, path, name);

    if (!a || a->type == STORE_TEXT || (whole && a->type == STORE_F64))
        return number_missing(f, path, name, whole, a != NULL, e);
    if (whole)
        *(int64_t *)value = a->value.whole;
    else
        *(double *)value = a->type == STORE_F64 ? a->value.real : (double)a->value.whole;
    return 0;
}

static int number_get(struct store_file *f, const char *path, const char *name, bool whole, void *value, struct err *e)
{
    enum store_type type;
    if (f->packed)
        return packed_number_get(f, path, name, whole, value, e);

    hid_t attribute = single_open(f, path, name, &type);
    bool fits = attribute >= 0 && type != STORE_TEXT && (!whole || (type != STORE_F32 && type != STORE_F64));
    int rc = fits ? 0 : -1;

    if (fits) {
        hid_t memory = whole ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE;
        rc = H5Aread(attribute, memory, value) < 0 ? -1 : 0;
        if (rc < 0)
            file_fail(f, path, e, "cannot read its attribute %s", name);
    } else {
        number_missing(f, path, name, whole, attribute >= 0, e);
    }

    H5Aclose(attribute);
    return rc;
}

int store_get_int(struct store_file *f, const char *object, const char *name, int64_t *value, struct err *e)
{
    return number_get(f, object, name, true, value, e);
}

int store_get_real(struct store_file *f, const char *object, const char *name, double *value, struct err *e)
{
    return number_get(f, object, name, false, value, e);
}

int store_get_reals(struct store_file *f, const char *path, const char *name, struct store_reals *reals, struct err *e)
{
    ASSERT(!f->packed, "%s: %s: lists of numbers are only read from files of others", f->path, name);
    int n = reals_read(object_recent(f, path, NULL), name, reals);

    object_release(f);
    if (n < 0)
        err_add(e, ERR_DATA, "%s: %s: attribute %s: found no number, or too many, allowed: %s%d", f->path, path, name,
            reals->capacity == 1 ? "" : "1 to ", reals->capacity);
    return n;
}

struct attribute_names {
    char **names;
    int n;
};

static herr_t list_attribute(hid_t object, const char *name, const H5A_info_t *info, void *list)
{
    (void)object, (void)info;
    struct attribute_names *l = list;
    l->names = mem_grow(l->names, (size_t)l->n + 1, sizeof *l->names);
    l->names[l->n++] = mem_text(name);
    return 0;
}

static int packed_list_attributes(struct store_file *f, const char *object, char ***names, int *n, struct err *e)
{
    const struct packed_object *o = packed_find(f->packed, object);

    *names = NULL;
    *n = 0;
    if (!o)
        return err_add(e, ERR_DATA, "%s: %s: not in the file", f->path, object);
    packed_attributes(o, names, n);
    return 0;
}

int store_attributes(struct store_file *f, const char *object, char ***names, int *n, struct err *e)
{
    struct attribute_names list = {0};
    if (f->packed)
        return packed_list_attributes(f, object, names, n, e);

    hid_t id = object_recent(f, object, e);
    int rc = id < 0 ? -1 : 0;
    if (rc == 0 && H5Aiterate2(id, H5_INDEX_NAME, H5_ITER_INC, NULL, list_attribute, &list) < 0)
        rc = file_fail(f, object, e, "cannot list its attributes");
    object_release(f);

    *names = list.names;
    *n = list.n;
    return rc;
}
