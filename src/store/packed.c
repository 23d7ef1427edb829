// Keeps the objects of a file in memory: finds, adds and lists them.
//
// All names and values are in blocks that are freed together, so that an object needs no allocation of its own. A trial
// has about 50 objects, so a linear search takes less time than an index.
#include "store/packed_impl.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/schema.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 16 };

struct packed_block {
    struct packed_block *next;
    size_t used, size;
    _Alignas(16) char bytes[];
};

void *packed_take(struct packed *p, size_t n)
{
    const size_t whole = (n + 15) / 16 * 16;
    struct packed_block *b = p->blocks;

    if (!b || b->size - b->used < whole) {
        const size_t size = whole > BLOCK_BYTES ? whole : BLOCK_BYTES;
        b = mem_grow(NULL, 1, sizeof *b + size);
        *b = (struct packed_block){.next = p->blocks, .size = size};
        p->blocks = b;
    }

    ASSERT(b->size - b->used >= whole, "%zu of %zu bytes are used", b->used, b->size);
    void *taken = b->bytes + b->used;
    b->used += whole;
    return taken;
}

const char *packed_text(struct packed *p, const char *text)
{
    const size_t n = strlen(text) + 1;
    return memcpy(packed_take(p, n), text, n);
}

struct packed *packed_new(const char *mount)
{
    struct packed *p = mem_new(1, sizeof *p);

    p->mount = packed_text(p, mount);
    p->object = mem_new(p->room = 64, sizeof *p->object);
    p->object[p->n++] = (struct packed_object){.path = ""};
    return p;
}

void packed_free(struct packed **packed)
{
    struct packed *p = *packed;
    if (!p)
        return;

    for (struct packed_block *b = p->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(p->object);
    free(p);
    *packed = NULL;
}

// --- objects

// Strips the mount and the slashes at both ends from a path. Returns NULL if the path is outside the mount.
static const char *packed_path(const struct packed *p, const char *path, size_t *length)
{
    const size_t mount = strlen(p->mount);

    path += strspn(path, "/");
    if (mount > 0) {
        if (strncmp(path, p->mount, mount) != 0 || (path[mount] && path[mount] != '/'))
            return NULL;
        path += mount;
        path += strspn(path, "/");
    }

    *length = strlen(path);
    while (*length > 0 && path[*length - 1] == '/')
        --*length;
    return path;
}

static int packed_place(const struct packed *p, const char *path, size_t length)
{
    for (int i = 0; i < p->n; i++) {
        const int at = (p->recent + i) % p->n; // callers mostly ask for the recent object or the next one
        const struct packed_object *o = &p->object[at];
        if (o->length == length && memcmp(o->path, path, length) == 0)
            return at;
    }
    return -1;
}

struct packed_object *packed_find(struct packed *p, const char *path)
{
    size_t length;
    const char *own = packed_path(p, path, &length);
    const int at = own ? packed_place(p, own, length) : -1;
    if (at < 0)
        return NULL;

    p->recent = at;
    return &p->object[at];
}

struct packed_object *packed_add(struct packed *p, const char *path, size_t length)
{
    if (p->n == p->room)
        p->object = mem_grow(p->object, (size_t)(p->room *= 2), sizeof *p->object);

    char *copy = packed_take(p, length + 1);
    memcpy(copy, path, length);
    copy[length] = 0;
    ASSERT(p->n < p->room, "object %d of %d", p->n, p->room);
    p->recent = p->n;
    p->object[p->n] = (struct packed_object){.path = copy, .length = length};
    return &p->object[p->n++];
}

struct packed_object *packed_make(struct packed *p, const char *path)
{
    size_t length;
    const char *own = packed_path(p, path, &length);
    int at = -1;

    ASSERT(own, "%s is not in %s", path, p->mount);
    for (size_t n = 0; n <= length; n++) {
        if (n < length && own[n] != '/')
            continue;
        at = packed_place(p, own, n);
        if (at < 0)
            at = (int)(packed_add(p, own, n) - p->object);
    }

    p->recent = at;
    return &p->object[at];
}

// --- attributes
const struct packed_attribute *packed_get(const struct packed_object *o, const char *name)
{
    for (int i = 0; i < o->n_attributes; i++)
        if (strcmp(o->attribute[i].name, name) == 0)
            return &o->attribute[i];
    return NULL;
}

void packed_set(struct packed *p, struct packed_object *o, const struct packed_attribute *a)
{
    struct packed_attribute *place = (struct packed_attribute *)packed_get(o, a->name);

    if (!place && o->n_attributes == o->attributes_room) {
        o->attributes_room = 2 * o->attributes_room + 4;
        struct packed_attribute *more = packed_take(p, (size_t)o->attributes_room * sizeof *more);
        if (o->n_attributes)
            memcpy(more, o->attribute, (size_t)o->n_attributes * sizeof *more);
        o->attribute = more;
    }
    if (!place) {
        ASSERT(o->n_attributes < o->attributes_room, "%s: attribute %d", o->path, o->n_attributes);
        place = &o->attribute[o->n_attributes++];
        *place = (struct packed_attribute){.name = packed_text(p, a->name)};
    }

    place->type = a->type;
    place->value = a->value;
    if (a->type == STORE_TEXT)
        place->value.text = packed_text(p, a->value.text ? a->value.text : "");
}

// --- arrays
static size_t packed_elements(const struct store_shape *shape)
{
    size_t n = 1;
    for (int i = 0; i < shape->rank; i++)
        n *= (size_t)shape->dims[i];
    return n;
}

static const void *packed_strings(struct packed *p, char *const *strings, size_t n, size_t *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < n; i++)
        *bytes += strings[i] ? strlen(strings[i]) + 1 : 1;

    char *all = packed_take(p, *bytes), *at = all;
    for (size_t i = 0; i < n; i++) {
        const size_t length = strings[i] ? strlen(strings[i]) : 0;
        if (length)
            memcpy(at, strings[i], length);
        at[length] = 0;
        at += length + 1;
    }

    ASSERT(at == all + *bytes, "%zu bytes of strings", *bytes);
    return all;
}

static void packed_about(struct packed *p, struct packed_object *o, const struct store_about *about)
{
    const struct {
        const char *name, *value;
    } texts[] = {{STORE_LONG_NAME, about->long_name}, {STORE_UNITS, about->units}};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].value)
            packed_set(p, o, &(struct packed_attribute){.name = texts[i].name, STORE_TEXT, {.text = texts[i].value}});
    for (int i = 0; i < STORE_MAX_RANK; i++)
        o->scale[i] = about->scales[i] ? packed_text(p, about->scales[i]) : NULL;
}

void packed_write(struct packed *p, const char *path, const struct store_shape *shape, const void *data,
    const struct store_about *about)
{
    const size_t n = packed_elements(shape);
    struct packed_object *o = packed_make(p, path);

    ASSERT(!o->is_array && o->n_attributes == 0, "%s: written twice", path);
    o->is_array = true;
    o->shape = *shape;
    if (shape->type == STORE_TEXT) {
        o->data = packed_strings(p, data, n, &o->bytes);
    } else {
        o->bytes = n * store_type_size(shape->type);
        void *values = packed_take(p, o->bytes);
        if (o->bytes)
            memcpy(values, data, o->bytes);
        o->data = values;
    }
    o->checksum = hash_bytes(o->data, o->bytes);
    if (about)
        packed_about(p, o, about);
}

// --- lists
static int packed_compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void packed_sort_names(char **names, int n)
{
    if (n > 1)
        qsort(names, (size_t)n, sizeof *names, packed_compare_names);
}

void packed_list(const struct packed *p, const struct packed_object *group, char ***names, int *n)
{
    const size_t length = group->length ? group->length + 1 : 0; // including the slash

    *names = mem_new((size_t)p->n, sizeof **names);
    *n = 0;
    for (int i = 0; i < p->n; i++) {
        const struct packed_object *o = &p->object[i];
        if (o->length > length && memcmp(o->path, group->path, group->length) == 0 &&
            (length == 0 || o->path[group->length] == '/') && !strchr(o->path + length, '/'))
            (*names)[(*n)++] = mem_text(o->path + length);
    }
    packed_sort_names(*names, *n);
}

void packed_attributes(const struct packed_object *o, char ***names, int *n)
{
    *n = o->n_attributes + o->is_array;
    *names = mem_new((size_t)*n + 1, sizeof **names);
    for (int i = 0; i < o->n_attributes; i++)
        (*names)[i] = mem_text(o->attribute[i].name);
    if (o->is_array)
        (*names)[o->n_attributes] = mem_text(STORE_CHECKSUM);
    packed_sort_names(*names, *n);
}
