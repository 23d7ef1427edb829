// Reads arrays: checks the range and the type, then reads rows, and compares the array with its checksum.
#include "store/store_impl.h"

#include "base/mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Returns an array of a file in memory. Returns NULL and an error if it does not exist.
static const struct packed_object *packed_array(struct store_file *f, const char *path, struct err *e)
{
    const struct packed_object *o = packed_find(f->packed, path);

    if (o && o->is_array)
        return o;
    err_add(e, ERR_DATA, "%s: %s: %s", f->path, path, o ? "is a group, not an array" : "not in the file");
    return NULL;
}

static int packed_get_shape(struct store_file *f, const char *path, struct store_shape *shape, struct err *e)
{
    const struct packed_object *o = packed_array(f, path, e);
    if (!o)
        return -1;

    *shape = o->shape;
    return 0;
}

int store_get_shape(struct store_file *f, const char *path, struct store_shape *shape, struct err *e)
{
    struct open_array a;
    if (f->packed)
        return packed_get_shape(f, path, shape, e);
    if (array_open(f, path, &a, e) < 0)
        return -1;

    *shape = a.shape;
    array_close(&a);
    return 0;
}

// Reports the first entry with a value that the type cannot hold. HDF5 does not say which one it is, so we search for
// it by bisection. `data` has space for the entries. Returns -1.
static int refuse_lost(
    const struct open_array *a, int dimension, enum store_type type, struct store_range part, void *data, struct err *e)
{
    hid_t memory_type = type_open(type);

    while (part.n > 1) {
        const struct store_range half = {part.first, part.n / 2};
        bool is_behind = array_read(a, dimension, half, memory_type, data, NULL) == 0;
        part.first += is_behind ? half.n : 0;
        part.n = is_behind ? part.n - half.n : half.n;
    }

    H5Tclose(memory_type);
    a->f->lost = true;
    return err_add(e, ERR_DATA, "%s: %s: %s %" PRId64 ": found a value that %s cannot hold", a->f->path, a->path,
        entry_name(dimension), part.first, integer_name(type));
}

static int read_numbers(
    const struct open_array *a, int dimension, enum store_type type, struct store_range part, void *data, struct err *e)
{
    struct err why = {0};
    hid_t memory_type = type_open(type);
    int rc = array_read(a, dimension, part, memory_type, data, &why);

    if (rc < 0 && a->f->lost)
        refuse_lost(a, dimension, type, part, data, e);
    else if (rc < 0)
        err_merge(e, &why);
    H5Tclose(memory_type);
    return rc;
}

// Reads rows within the array, and compares the array with its checksum.
static int read_checked(struct open_array *a, enum store_type type, struct store_range rows, void *data, struct err *e)
{
    struct read_check *check;
    if (read_check_begin(a, type, rows.first, &check, e) < 0)
        return -1;

    int rc = type == STORE_TEXT ? read_texts(a, rows, data, e) : read_numbers(a, 0, type, rows, data, e);
    if (rc < 0 || !check)
        return rc;

    rc = read_check_add(a, check, type, rows.n, data, e);
    if (rc < 0 && type == STORE_TEXT)
        strings_free(data, rows.n * shape_row_elements(&a->shape));
    return rc;
}

int store_read(
    struct store_file *f, const char *path, enum store_type type, struct store_range rows, void *data, struct err *e)
{
    struct open_array a;
    int rc;

    if (f->packed) {
        const struct packed_object *o = packed_array(f, path, e);
        return o ? packed_read(f->path, o, type, rows, data, e) : -1;
    }
    if (array_open(f, path, &a, e) < 0)
        return -1;

    if ((a.shape.type == STORE_TEXT) != (type == STORE_TEXT))
        rc = err_add(e, ERR_DATA, "%s: %s: holds %s", f->path, path,
            type == STORE_TEXT ? "numbers, not strings" : "strings, not numbers");
    else if (rows.first < 0 || rows.n < 0 || rows.first > shape_rows(&a.shape) - rows.n)
        rc = err_add(e, ERR_DATA, "%s: %s: has %" PRId64 " rows, not %" PRId64, f->path, path, shape_rows(&a.shape),
            rows.first + rows.n);
    else
        rc = read_checked(&a, type, rows, data, e);

    array_close(&a);
    return rc;
}

int store_read_last(
    struct store_file *f, const char *path, enum store_type type, struct store_range columns, void *data, struct err *e)
{
    struct open_array a;
    struct read_check *check; // not used: read_check_begin compares the whole array
    int rc;

    ASSERT(!f->packed, "%s: %s: columns are only read from files of others", f->path, path);
    if (array_open(f, path, &a, e) < 0)
        return -1;

    const int last = a.shape.rank - 1;
    if (last < 0 || a.shape.type == STORE_TEXT || type == STORE_TEXT)
        rc = err_add(e, ERR_DATA, "%s: %s: no array of numbers", f->path, path);
    else if (columns.first < 0 || columns.n < 1 || columns.first > a.shape.dims[last] - columns.n)
        rc = err_add(e, ERR_DATA, "%s: %s: has %" PRId64 " columns, not %" PRId64, f->path, path, a.shape.dims[last],
            columns.first + columns.n);
    else if ((rc = read_check_begin(&a, type, -1, &check, e)) == 0)
        rc = read_numbers(&a, last, type, columns, data, e);

    array_close(&a);
    return rc;
}
