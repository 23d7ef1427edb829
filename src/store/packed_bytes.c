// Packs a file in memory into bytes, and unpacks it. Numbers have the byte order of the machine.
//
//   bytes  = n_objects:u32 object...
//   object = path:string is_array:u8 type:u8 rank:u8 dims:i64[rank] scales:string[rank] (of arrays: checksum:u64 value)
//            n_attributes:u32 attribute...
//   attribute = name:string type:u8 (text: value; others: 8 bytes)
//   string = length:u32 bytes NUL
//   value  = bytes:u64 place:u8 (0: the bytes follow; 1: they are stored apart, and their checksum:u64 follows)
//
// The caller has compared the bytes with their checksum before they are unpacked. Nevertheless, every length is
// checked.
#include "base/hash.h"
#include "base/mem.h"
#include "store/packed_impl.h"
#include <stdlib.h>
#include <string.h>

enum { VALUE_HERE, VALUE_APART };

// --- packing
void packed_bytes_add(struct packed_bytes *out, const void *data, size_t n)
{
    if (out->room - out->n < n) {
        out->room = 2 * out->room + n + 4096;
        out->data = mem_grow(out->data, out->room, 1);
    }

    ASSERT(out->room - out->n >= n, "%zu of %zu bytes", n, out->room);
    if (n)
        memcpy(out->data + out->n, data, n);
    out->n += n;
}

static void bytes_add_small(struct packed_bytes *out, int value)
{
    const uint8_t byte = (uint8_t)value;
    packed_bytes_add(out, &byte, 1);
}

static void bytes_add_count(struct packed_bytes *out, size_t value)
{
    const uint32_t count = (uint32_t)value;
    ASSERT(count == value, "%zu is no count", value);
    packed_bytes_add(out, &count, sizeof count);
}

static void bytes_add_text(struct packed_bytes *out, const char *text)
{
    const size_t length = strlen(text);
    bytes_add_count(out, length);
    packed_bytes_add(out, text, length + 1);
}

static void bytes_add_value(struct packed_bytes *out, const struct packed_value *v, const struct packed_share *share)
{
    const uint64_t bytes = v->bytes;
    const bool is_apart = share && v->bytes >= PACKED_SHARE_BYTES && share->shares(share->context, v);

    packed_bytes_add(out, &bytes, sizeof bytes);
    bytes_add_small(out, is_apart ? VALUE_APART : VALUE_HERE);
    if (is_apart)
        packed_bytes_add(out, &v->checksum, sizeof v->checksum);
    else
        packed_bytes_add(out, v->data, v->bytes);
}

static void pack_attribute(const struct packed_attribute *a, const struct packed_share *share, struct packed_bytes *out)
{
    bytes_add_text(out, a->name);
    bytes_add_small(out, a->type);
    if (a->type != STORE_TEXT) {
        packed_bytes_add(out, &a->value, sizeof(int64_t));
        return;
    }

    const size_t length = strlen(a->value.text) + 1;
    bytes_add_value(out,
        &(struct packed_value){
            a->value.text, length, length < PACKED_SHARE_BYTES ? 0 : hash_bytes(a->value.text, length)},
        share);
}

static void pack_object(const struct packed_object *o, const struct packed_share *share, struct packed_bytes *out)
{
    const int rank = o->is_array ? o->shape.rank : 0;

    bytes_add_text(out, o->path);
    bytes_add_small(out, o->is_array);
    bytes_add_small(out, o->shape.type);
    bytes_add_small(out, rank);
    packed_bytes_add(out, o->shape.dims, (size_t)rank * sizeof *o->shape.dims);
    for (int i = 0; i < rank; i++)
        bytes_add_text(out, o->scale[i] ? o->scale[i] : "");
    if (o->is_array) {
        packed_bytes_add(out, &o->checksum, sizeof o->checksum);
        bytes_add_value(out, &(struct packed_value){o->data, o->bytes, o->checksum}, share);
    }

    bytes_add_count(out, (size_t)o->n_attributes);
    for (int i = 0; i < o->n_attributes; i++)
        pack_attribute(&o->attribute[i], share, out);
}

void packed_pack(const struct packed *p, const struct packed_share *share, struct packed_bytes *out)
{
    bytes_add_count(out, (size_t)p->n);
    for (int i = 0; i < p->n; i++)
        pack_object(&p->object[i], share, out);
}

// --- unpacking
struct unpacking {
    const unsigned char *at, *end;
    const struct packed_lookup *lookup;
    struct packed *p;
    bool is_bad;
};

// Returns the next n bytes. Returns NULL if fewer are left.
static const void *unpack_bytes(struct unpacking *u, size_t n)
{
    if (u->is_bad || (size_t)(u->end - u->at) < n) {
        u->is_bad = true;
        return NULL;
    }

    const void *bytes = u->at;
    u->at += n;
    return bytes;
}

// Reads a number of n bytes into `out`. Leaves `out` unchanged if fewer bytes are left.
static void unpack_number(struct unpacking *u, void *out, size_t n)
{
    const void *bytes = unpack_bytes(u, n);
    if (bytes)
        memcpy(out, bytes, n);
}

static int unpack_small(struct unpacking *u)
{
    uint8_t value = 0;
    unpack_number(u, &value, sizeof value);
    return value;
}

static const char *unpack_text(struct unpacking *u)
{
    uint32_t length = 0;
    unpack_number(u, &length, sizeof length);
    const char *text = unpack_bytes(u, (size_t)length + 1);
    if (!text || text[length] || strlen(text) != length) {
        u->is_bad = true;
        return "";
    }

    return packed_text(u->p, text);
}

// Copies a value into memory of the file, whether it follows here or is stored apart.
static struct packed_value unpack_stored(struct unpacking *u)
{
    uint64_t bytes = 0;
    struct packed_value v = {0};

    unpack_number(u, &bytes, sizeof bytes);
    v.bytes = (size_t)bytes;
    if (unpack_small(u) == VALUE_APART) {
        unpack_number(u, &v.checksum, sizeof v.checksum);
        if (!u->is_bad && (!u->lookup || !u->lookup->find(u->lookup->context, &v)))
            u->is_bad = true;
    } else {
        v.data = unpack_bytes(u, v.bytes);
    }
    if (u->is_bad)
        return (struct packed_value){.data = ""};

    void *copy = packed_take(u->p, v.bytes);
    if (v.bytes)
        memcpy(copy, v.data, v.bytes);
    v.data = copy;
    return v;
}

static void unpack_attribute(struct unpacking *u, struct packed_attribute *a)
{
    a->name = unpack_text(u);
    a->type = (enum store_type)unpack_small(u);
    if (a->type == STORE_TEXT) {
        struct packed_value v = unpack_stored(u);
        a->value.text = v.data;
        u->is_bad = u->is_bad || v.bytes == 0 || a->value.text[v.bytes - 1];
    } else {
        unpack_number(u, &a->value, sizeof(int64_t));
    }
}

// Returns true if the array has the number of bytes, or of strings, that its shape says.
static bool has_shape_bytes(const struct packed_object *o)
{
    int64_t n = 1;
    size_t strings = 0;

    for (int i = 0; i < o->shape.rank; i++)
        if (o->shape.dims[i] < 0 || __builtin_mul_overflow(n, o->shape.dims[i], &n))
            return false;
    if (o->shape.type != STORE_TEXT)
        return (uint64_t)n <= SIZE_MAX / 8 && (size_t)n * store_type_size(o->shape.type) == o->bytes;

    for (size_t i = 0; i < o->bytes; i++)
        strings += ((const char *)o->data)[i] == 0;
    return strings == (size_t)n && (o->bytes == 0 || ((const char *)o->data)[o->bytes - 1] == 0);
}

static void unpack_array(struct unpacking *u, struct packed_object *o, int type, int rank)
{
    if (type > STORE_TEXT || rank > STORE_MAX_RANK) {
        u->is_bad = true;
        return;
    }

    o->shape = (struct store_shape){.type = (enum store_type)type, .rank = rank};
    unpack_number(u, o->shape.dims, (size_t)rank * sizeof *o->shape.dims);
    for (int i = 0; i < rank; i++) {
        const char *scale = unpack_text(u);
        o->scale[i] = *scale ? scale : NULL;
    }
    unpack_number(u, &o->checksum, sizeof o->checksum);

    struct packed_value v = unpack_stored(u);
    o->data = v.data;
    o->bytes = v.bytes;
    u->is_bad = u->is_bad || !has_shape_bytes(o);
}

static void unpack_object(struct unpacking *u)
{
    const char *path = unpack_text(u);
    struct packed_object *o = *path ? packed_add(u->p, path, strlen(path)) : u->p->object;
    uint32_t n = 0;

    o->is_array = unpack_small(u) == 1;
    const int type = unpack_small(u), rank = unpack_small(u);
    if (o->is_array)
        unpack_array(u, o, type, rank);
    else
        u->is_bad = u->is_bad || rank != 0;

    unpack_number(u, &n, sizeof n);
    if (u->is_bad || n > (size_t)(u->end - u->at)) {
        u->is_bad = true;
        return;
    }
    o->attribute = packed_take(u->p, n * sizeof *o->attribute);
    o->n_attributes = o->attributes_room = (int)n;
    for (uint32_t i = 0; i < n && !u->is_bad; i++)
        unpack_attribute(u, &o->attribute[i]);
}

struct packed *packed_unpack(const void *bytes, size_t n, const char *mount, const struct packed_lookup *lookup)
{
    struct unpacking u = {.at = bytes, .end = (const unsigned char *)bytes + n, .lookup = lookup};
    uint32_t objects = 0;

    ASSERT(bytes && mount, "nothing to unpack");
    u.p = packed_new(mount);
    unpack_number(&u, &objects, sizeof objects);
    for (uint32_t i = 0; i < objects && !u.is_bad; i++)
        unpack_object(&u);
    if (u.is_bad || u.at != u.end)
        packed_free(&u.p);

    return u.p;
}
