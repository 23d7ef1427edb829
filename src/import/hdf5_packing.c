// Unpacks values by the CF conventions (chapters 2.5 and 8.1; the valid range is defined in the attribute conventions
// of the NetCDF user guide). A stored value is missing if it equals _FillValue or a missing_value, or is outside the
// valid range. Any other stored value means value * scale_factor + add_offset. The NetCDF libraries and xarray read
// files in the same way.
#include "import/hdf5_packing.h"

#include "base/err.h"
#include "base/mem.h"
#include "store/store.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct packing_reader {
    struct packing *p;
    struct store_file *f;
    const char *path;
    enum store_type stored;
    enum store_type factor; // the wider type of scale_factor and add_offset; STORE_TEXT: neither exists
    struct err *e;
};

static bool is_real_type(enum store_type type)
{
    return type == STORE_F32 || type == STORE_F64;
}

// Reads up to `room` numbers of an attribute. Returns how many it has, or 0 if it does not exist or after an error.
static int read_cf_attribute(
    struct packing_reader *r, const char *name, double *values, int room, enum store_type *type)
{
    struct store_reals reals = {.values = values, .capacity = room};
    int n = store_get_reals(r->f, r->path, name, &reals, r->e);

    *type = reals.type;
    r->p->is_used |= n > 0;
    ASSERT(n <= room, "%s: %d values", name, n);
    return n < 0 ? 0 : n;
}

// Returns the value of an attribute as it would be stored in the array: -999.9 in 4 bytes is not -999.9 in 8 bytes. If
// integers are unsigned, a negative value wraps.
static double round_as_stored(const struct packing_reader *r, double value)
{
    if (r->stored == STORE_F32)
        return (double)(float)value;
    return value < 0 ? value + r->p->wrap : value;
}

// Reads _Unsigned. File formats without unsigned integers mark them with this attribute.
static void read_unsigned_mark(struct packing_reader *r)
{
    static const double wraps[] = {[STORE_I8] = 0x1p8, [STORE_I16] = 0x1p16, [STORE_I32] = 0x1p32};
    bool is_signed = r->stored == STORE_I8 || r->stored == STORE_I16 || r->stored == STORE_I32;
    char *text = store_get_text(r->f, r->path, "_Unsigned");

    if (text && strcasecmp(text, "true") == 0 && is_signed) {
        r->p->wrap = wraps[r->stored];
        r->p->is_used = true;
    }
    free(text);
}

static void read_factor(struct packing_reader *r, const char *name, double *value, bool is_scale)
{
    enum store_type type;
    if (!read_cf_attribute(r, name, value, 1, &type))
        return;

    r->factor = r->factor == STORE_TEXT || type == STORE_F64 ? type : r->factor;
    if (!isfinite(*value) || (is_scale && *value == 0))
        err_add(r->e, ERR_DATA, "%s: %s: attribute %s: found %g, allowed: a finite number%s", store_path(r->f), r->path,
            name, *value, is_scale ? " other than 0" : "");
}

static void read_missing(struct packing_reader *r, const char *name, int room)
{
    double values[STORE_REALS_MAX];
    enum store_type type;
    int n = read_cf_attribute(r, name, values, room, &type);

    for (int i = 0; i < n && r->p->n_missing < STORE_REALS_MAX; i++)
        r->p->missing[r->p->n_missing++] = round_as_stored(r, values[i]);
}

// Sets the limits that are not NULL. `type` says whether they limit the stored or the unpacked values.
static void set_valid_range(struct packing_reader *r, enum store_type type, const double *low, const double *high)
{
    struct packing *p = r->p;

    p->is_range_of_result = r->factor != STORE_TEXT && is_real_type(type) && !is_real_type(r->stored);
    if (low)
        p->low = p->is_range_of_result ? *low : round_as_stored(r, *low);
    if (high)
        p->high = p->is_range_of_result ? *high : round_as_stored(r, *high);
}

static void read_limits(struct packing_reader *r)
{
    double range[2] = {0};
    enum store_type type;

    if (read_cf_attribute(r, "valid_min", range, 1, &type))
        set_valid_range(r, type, &range[0], NULL);
    if (read_cf_attribute(r, "valid_max", range, 1, &type))
        set_valid_range(r, type, NULL, &range[0]);
    int n = read_cf_attribute(r, "valid_range", range, 2, &type);
    if (n == 2)
        set_valid_range(r, type, &range[0], &range[1]);
    else if (n == 1)
        err_add(r->e, ERR_DATA, "%s: %s: attribute valid_range: found 1 number, allowed: 2", store_path(r->f), r->path);
}

// Returns the type of the unpacked values. It is f4 if the stored values are f4 or integers of one or two bytes, and no
// factor has a wider type. Otherwise it is f8.
static enum store_type result_type(const struct packing_reader *r)
{
    bool is_narrow = r->stored == STORE_U8 || r->stored == STORE_I8 || r->stored == STORE_I16 || r->stored == STORE_F32;
    bool is_wide_factor = r->factor == STORE_F64 || r->factor == STORE_I64 || r->factor == STORE_I32;
    return is_narrow && !is_wide_factor ? STORE_F32 : STORE_F64;
}

int packing_read(struct packing *p, struct store_file *f, const char *path, enum store_type stored, struct err *e)
{
    struct packing_reader r = {.p = p, .f = f, .path = path, .stored = stored, .factor = STORE_TEXT, .e = e};
    int before = e->count;

    *p = (struct packing){.scale = 1, .low = -INFINITY, .high = INFINITY};
    read_unsigned_mark(&r);
    read_factor(&r, "scale_factor", &p->scale, true);
    read_factor(&r, "add_offset", &p->offset, false);
    read_missing(&r, "_FillValue", 1);
    read_missing(&r, "missing_value", STORE_REALS_MAX - 1);
    read_limits(&r);
    p->type = result_type(&r);
    return e->count > before ? -1 : 0;
}

static double unpack_value(const struct packing *p, double raw)
{
    double stored = raw < 0 ? raw + p->wrap : raw, value = stored * p->scale + p->offset;
    double limited = p->is_range_of_result ? value : stored;

    for (int i = 0; i < p->n_missing; i++)
        if (stored == p->missing[i])
            return NAN;
    return limited < p->low || limited > p->high ? NAN : value;
}

void packing_apply(const struct packing *p, const double *raw, int64_t n, void *to)
{
    ASSERT(p->type == STORE_F32 || p->type == STORE_F64, "type %d", (int)p->type);
    for (int64_t i = 0; i < n && p->type == STORE_F32; i++)
        ((float *)to)[i] = (float)unpack_value(p, raw[i]);
    for (int64_t i = 0; i < n && p->type == STORE_F64; i++)
        ((double *)to)[i] = unpack_value(p, raw[i]);
}
