// Translates between our element types and those of HDF5, and counts the rows and elements of a shape.
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

const char *integer_name(enum store_type type)
{
    static const char *const names[] = {"u1", "i1", "i2", "i4", "i8 (up to 2^63 - 1)"};

    ASSERT(type <= STORE_I64, "type %d is no integer", type);
    return names[type];
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

static int enum_of(hid_t type) // such as a boolean of h5py
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
    enum { TEXT_BYTES = 64 }; // an estimate of the memory of one string
    size_t element = shape->type == STORE_TEXT ? TEXT_BYTES : store_type_size(shape->type);
    int64_t elements = shape_row_elements(shape);
    int64_t row = elements > STORE_PIECE_BYTES ? STORE_PIECE_BYTES : elements * (int64_t)element;
    int64_t rows = row > 0 ? STORE_PIECE_BYTES / row : 1;
    return rows > 0 ? rows : 1;
}
