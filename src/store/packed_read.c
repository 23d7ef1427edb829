// Reads arrays of a file in memory and converts them as HDF5 does. It is an error if an integer type cannot hold a
// value.
#include "store/store_impl.h"

#include "base/mem.h"
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// A number: an integer if it is stored as one, otherwise a real.
struct packed_number {
    bool is_whole;
    int64_t whole;
    double real;
};

static struct packed_number number_at(const struct packed_object *o, int64_t i)
{
    const char *at = (const char *)o->data + (size_t)i * store_type_size(o->shape.type);
    union {
        uint8_t u8;
        int8_t i8;
        int16_t i16;
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
    } v;

    memcpy(&v, at, store_type_size(o->shape.type));
    switch (o->shape.type) {
    case STORE_U8:
        return (struct packed_number){true, v.u8, 0};
    case STORE_I8:
        return (struct packed_number){true, v.i8, 0};
    case STORE_I16:
        return (struct packed_number){true, v.i16, 0};
    case STORE_I32:
        return (struct packed_number){true, v.i32, 0};
    case STORE_I64:
        return (struct packed_number){true, v.i64, 0};
    case STORE_F32:
        return (struct packed_number){false, 0, (double)v.f32};
    default:
        return (struct packed_number){false, 0, v.f64};
    }
}

// Sets *low and *high to the range of an integer type.
static void range_of(enum store_type type, int64_t *low, int64_t *high)
{
    static const int64_t lows[] = {0, INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN};
    static const int64_t highs[] = {UINT8_MAX, INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX};

    ASSERT(type <= STORE_I64, "type %d is no integer", type);
    *low = lows[type];
    *high = highs[type];
}

// Converts a number to an integer. Returns false if the integer type cannot hold it.
static bool number_to_whole(struct packed_number v, enum store_type type, int64_t *out)
{
    int64_t low, high;

    range_of(type, &low, &high);
    if (!v.is_whole && (!(fabs(v.real) < 0x1p63) || trunc(v.real) < v.real || trunc(v.real) > v.real))
        return false;
    *out = v.is_whole ? v.whole : (int64_t)v.real;
    return *out >= low && *out <= high;
}

static bool number_put(struct packed_number v, enum store_type type, void *data, int64_t i)
{
    int64_t whole = 0;

    if (type == STORE_F32 || type == STORE_F64) {
        const double real = v.is_whole ? (double)v.whole : v.real;
        if (type == STORE_F32)
            ((float *)data)[i] = (float)real;
        else
            ((double *)data)[i] = real;
        return true;
    }

    if (!number_to_whole(v, type, &whole))
        return false;
    switch (type) {
    case STORE_U8:
        ((uint8_t *)data)[i] = (uint8_t)whole;
        break;
    case STORE_I8:
        ((int8_t *)data)[i] = (int8_t)whole;
        break;
    case STORE_I16:
        ((int16_t *)data)[i] = (int16_t)whole;
        break;
    case STORE_I32:
        ((int32_t *)data)[i] = (int32_t)whole;
        break;
    default:
        ((int64_t *)data)[i] = whole;
    }
    return true;
}

static int64_t elements_of_row(const struct packed_object *o)
{
    int64_t n = 1;
    for (int i = 1; i < o->shape.rank; i++)
        n *= o->shape.dims[i];
    return n;
}

static void copy_strings(const struct packed_object *o, int64_t first, int64_t n, char **out)
{
    const char *at = o->data;

    for (int64_t i = 0; i < first; i++)
        at += strlen(at) + 1;
    for (int64_t i = 0; i < n; i++) {
        out[i] = mem_text(at);
        at += strlen(at) + 1;
    }
}

int packed_read(const char *file, const struct packed_object *o, enum store_type type, struct store_range rows,
    void *data, struct err *e)
{
    const int64_t all = o->shape.rank ? o->shape.dims[0] : 1, each = elements_of_row(o);
    const int64_t first = rows.first * each, n = rows.n * each;

    if (!o->is_array)
        return err_add(e, ERR_DATA, "%s: %s: is a group, not an array", file, o->path);
    if ((o->shape.type == STORE_TEXT) != (type == STORE_TEXT))
        return err_add(e, ERR_DATA, "%s: %s: holds %s", file, o->path,
            type == STORE_TEXT ? "numbers, not strings" : "strings, not numbers");
    if (rows.first < 0 || rows.n < 0 || rows.first > all - rows.n)
        return err_add(
            e, ERR_DATA, "%s: %s: has %" PRId64 " rows, not %" PRId64, file, o->path, all, rows.first + rows.n);

    const size_t size = store_type_size(type);
    if (type == STORE_TEXT) {
        copy_strings(o, first, n, data);
    } else if (type == o->shape.type) {
        if (n)
            memcpy(data, (const char *)o->data + (size_t)first * size, (size_t)n * size);
    } else {
        for (int64_t i = 0; i < n; i++)
            if (!number_put(number_at(o, first + i), type, data, i))
                return err_add(e, ERR_DATA, "%s: %s: row %" PRId64 ": found a value that %s cannot hold", file, o->path,
                    rows.first + i / each, integer_name(type));
    }

    return 0;
}
