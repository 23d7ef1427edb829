// Our element types and HDF5's, shapes, and rows as the unit in which arrays are read and written.
#include "store/store_impl.h"

#include "base/mem.h"

size_t store_type_size(enum store_type type)
{
    static const size_t sizes[] = {[STORE_U8] = 1,
        [STORE_I8] = 1,
        [STORE_I16] = 2,
        [STORE_I32] = 4,
        [STORE_I64] = 8,
        [STORE_F32] = 4,
        [STORE_F64] = 8,
        [STORE_TEXT] = sizeof(char *)};

    ASSERT(type <= STORE_TEXT, "type %d", type);
    return sizes[type];
}

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

hid_t type_open(enum store_type type)
{
    switch (type) {
    case STORE_U8:
        return H5Tcopy(H5T_NATIVE_UINT8);

    case STORE_I8:
        return H5Tcopy(H5T_NATIVE_INT8);
    case STORE_I16:
        return H5Tcopy(H5T_NATIVE_INT16);
    case STORE_I32:
        return H5Tcopy(H5T_NATIVE_INT32);
    case STORE_I64:
        return H5Tcopy(H5T_NATIVE_INT64);
    case STORE_F32:
        return H5Tcopy(H5T_NATIVE_FLOAT);
    case STORE_F64:
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    case STORE_TEXT:
        return text_type();
    }

    return -1;
}

static int integer_of(hid_t type)
{
    bool has_sign = H5Tget_sign(type) == H5T_SGN_2;
    switch (H5Tget_size(type)) {
    case 1:
        return has_sign ? STORE_I8 : STORE_U8;
    case 2:
        return has_sign ? STORE_I16 : STORE_I32;
    case 4:
        return has_sign ? STORE_I32 : STORE_I64;
    case 8:
        return STORE_I64;
    default:
        return -1;
    }
}

static int enum_of(hid_t type) // h5py's booleans
{
    hid_t base = H5Tget_super(type);
    int ours = base < 0 ? -1 : integer_of(base);
    H5Tclose(base);
    return ours;
}

int type_of(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        return integer_of(type);
    case H5T_ENUM:
        return enum_of(type);
    case H5T_FLOAT:
        return H5Tget_size(type) <= sizeof(float) ? STORE_F32 : STORE_F64;
    case H5T_STRING:
        return STORE_TEXT;
    default:
        return -1;
    }
}

int64_t shape_rows(const struct store_shape *shape)
{
    ASSERT(shape->rank >= 0 && shape->rank <= STORE_MAX_RANK, "rank %d", shape->rank);
    return shape->rank ? shape->dims[0] : 1;
}

int64_t shape_row_elements(const struct store_shape *shape)
{
    int64_t n = 1;
    for (int i = 1; i < shape->rank; i++)
        n *= shape->dims[i];
    return n;
}

int64_t shape_piece(const struct store_shape *shape)
{
    enum { TEXT_BYTES = 64 }; // a guess at what one text takes
    size_t element = shape->type == STORE_TEXT ? TEXT_BYTES : store_type_size(shape->type);
    int64_t elements = shape_row_elements(shape);
    int64_t row = elements > STORE_PIECE_BYTES ? STORE_PIECE_BYTES : elements * (int64_t)element;
    int64_t rows = row > 0 ? STORE_PIECE_BYTES / row : 1;
    return rows > 0 ? rows : 1;
}

// The number of bytes must be a number: a malformed file may claim any dimensions.
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

// Values in other files, and filters whose code is not known to be safe on malformed files, are not read.
static int form_check(struct store_file *f, const char *path, hid_t creation, struct err *e)
{
    if (H5Pget_layout(creation) == H5D_VIRTUAL || H5Pget_external_count(creation) != 0)
        return file_fail(f, path, e, "its values are in other files, which are not read");
    for (int i = 0; i < H5Pget_nfilters(creation); i++) {
        unsigned flags, config;
        size_t values = 0;
        char name[64] = "";
        H5Z_filter_t filter = H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, sizeof name, name, &config);
        if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32)
            return file_fail(f, path, e,
                "filter %d (%s), allowed are gzip, shuffle and fletcher32; h5repack -f GZIP=1 "
                "rewrites the file",
                (int)filter, name);
    }

    return 0;
}

int dataset_shape(struct store_file *f, const char *path, hid_t dataset, struct store_shape *shape, struct err *e)
{
    *shape = (struct store_shape){0};
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset), creation = H5Dget_create_plist(dataset);
    int r = 0, ours = type < 0 ? -1 : type_of(type);
    shape->rank = space < 0 ? -1 : H5Sget_simple_extent_ndims(space);
    if (type < 0 || space < 0 || creation < 0 || shape->rank < 0)
        r = file_fail(f, path, e, "cannot read its type and dimensions");
    else if (ours < 0)
        r = file_fail(f, path, e, "elements that are neither numbers nor strings, which is all that can be read here");
    else if (shape->rank > STORE_MAX_RANK)
        r = file_fail(f, path, e, "has %d dimensions, allowed are 0 to %d", shape->rank, STORE_MAX_RANK);
    else {
        shape->type = (enum store_type)ours;
        if (space_dims(space, shape) < 0)
            r = file_fail(f, path, e, "cannot read its dimensions");
        else
            r = form_check(f, path, creation, e);
    }
    H5Pclose(creation);
    H5Sclose(space);
    H5Tclose(type);

    return r;
}
