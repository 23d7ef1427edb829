// Compares arrays with their checksums when they are read. An array that is read as a whole, or in pieces from its
// first row to its last, is hashed during the read, which costs almost nothing. Before any other read the whole array
// is compared.
#include "store/store_impl.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/schema.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_clear(struct read_check *c)
{
    hash_stream_free(&c->hash);
    free(c->path);
    free(c->expected);
    *c = (struct read_check){0};
}

void read_checks_free(struct store_file *f)
{
    for (int i = 0; i < READ_CHECKS; i++)
        check_clear(&f->check[i]);
}

static struct read_check *check_find(struct store_file *f, const char *path)
{
    for (int i = 0; i < READ_CHECKS; i++)
        if (f->check[i].path && strcmp(f->check[i].path, path) == 0)
            return &f->check[i];
    return NULL;
}

// Starts a check in place of the oldest one. An array whose check was dropped is compared again when it is read again.
static struct read_check *check_new(struct store_file *f, const char *path, char *expected)
{
    ASSERT(f->next_check >= 0 && f->next_check < READ_CHECKS, "check %d", f->next_check);
    struct read_check *c = &f->check[f->next_check];

    f->next_check = (f->next_check + 1) % READ_CHECKS;
    check_clear(c);
    c->path = mem_text(path);
    c->expected = expected;
    c->is_good = !expected;
    c->hash = hash_stream_new();
    return c;
}

// Returns true if values in memory have the bytes that the checksum covers.
static bool is_as_stored(hid_t dataset, enum store_type type)
{
    if (type == STORE_TEXT)
        return true;

    hid_t stored = H5Dget_type(dataset), memory = type_open(type);
    bool is_same = H5Tequal(stored, memory) > 0;
    H5Tclose(memory);
    H5Tclose(stored);
    return is_same;
}

int read_check_begin(
    struct open_array *a, enum store_type type, int64_t first, struct read_check **check, struct err *e)
{
    ASSERT(a->dataset >= 0, "%s: not open", a->path);
    struct read_check *c = check_find(a->f, a->path);

    *check = NULL;
    if (!c) {
        char *expected = attribute_text(a->dataset, STORE_CHECKSUM);
        if (!expected && H5Aexists(a->dataset, STORE_CHECKSUM) > 0)
            return checksum_unreadable(a->f, a->path, e);
        c = check_new(a->f, a->path, expected);
    }
    if (c->is_good)
        return 0;

    if (first == c->next && is_as_stored(a->dataset, type)) {
        *check = c;
        return 0;
    }
    if (array_verify(a, NULL, e) < 0)
        return -1;

    c->is_good = true;
    return 0;
}

int read_check_add(const struct open_array *a, struct read_check *c, enum store_type type, int64_t rows,
    const void *data, struct err *e)
{
    int64_t n = rows * shape_row_elements(&a->shape);
    char found[17];

    ASSERT(c->path && c->hash && c->expected && !c->is_good, "%s: no comparison is running", a->path);
    if (type == STORE_TEXT)
        strings_hash(c->hash, data, n);
    else
        hash_stream_add(c->hash, data, (size_t)n * store_type_size(type));
    c->next += rows;
    if (c->next < shape_rows(&a->shape))
        return 0;

    snprintf(found, sizeof found, "%016" PRIx64, hash_stream_value(c->hash));
    c->is_good = strcmp(found, c->expected) == 0;
    int rc = c->is_good ? 0 : checksum_differs(a, found, c->expected, e);
    if (rc < 0)
        check_clear(c);
    return rc;
}
