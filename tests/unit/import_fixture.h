// What the tests of the importers share: a folder of their own, files made byte by byte, an import and what came of it.
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "import/import.h"
#include "store/schema.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static int setup_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/hourglass-import-XXXXXX");
    return mkdtemp(folder) ? chdir(folder) : -1;
}

static int teardown_folder(void **state)
{
    (void)state;
    DIR *d = opendir(folder);
    for (struct dirent *entry; d && (entry = readdir(d));)
        unlinkat(dirfd(d), entry->d_name, 0); // "." and ".." refuse
    closedir(d);
    return chdir("/") == 0 ? rmdir(folder) : -1;
}

static inline void write_file(const char *path, const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static inline void write_text(const char *path, const char *text)
{
    write_file(path, text, strlen(text));
}

// A .npy array with this dictionary.
static inline void write_npy(const char *path, const char *dictionary, const void *values, size_t n)
{
    size_t length = strlen(dictionary);
    char *bytes = mem_new(10 + length + n, 1);
    memcpy(bytes, "\x93NUMPY\1\0", 8);
    bytes[8] = (char)length;
    bytes[9] = (char)(length >> 8);
    memcpy(bytes + 10, dictionary, length);
    memcpy(bytes + 10 + length, values, n);
    write_file(path, bytes, 10 + length + n);
    free(bytes);
}

// A split as it lies in the file.
struct imported {
    struct store_shape shape;
    void *x;        // (...) of shape.type
    double *values; // the same as numbers
    int64_t *label; // NULL: none
    char **features;
    int64_t n; // values in all
};

static inline struct imported read_back(const char *path, const char *split)
{
    struct imported r = {0};
    struct err e = {0};
    struct store_file *f = store_open(path, FORMAT_DATASET, STORE_CHECK, &e);
    char name[80];
    snprintf(name, sizeof name, "%s/x", split);
    if (!f || store_get_shape(f, name, &r.shape, &e) != 0)
        fail_msg("%s", e.text);
    r.n = 1;
    for (int d = 0; d < r.shape.rank; d++)
        r.n *= r.shape.dims[d];
    r.x = mem_new((size_t)r.n, store_type_size(r.shape.type));
    r.values = mem_new((size_t)r.n, sizeof *r.values);
    assert_int_equal(store_read(f, name, r.shape.type, store_entries(0, r.shape.dims[0]), r.x, &e), 0);
    assert_int_equal(store_read(f, name, STORE_F64, store_entries(0, r.shape.dims[0]), r.values, &e), 0);
    assert_int_equal(store_verify(f, name, &e), 0);
    snprintf(name, sizeof name, "%s/label", split);
    if (store_has(f, name)) {
        r.label = mem_new((size_t)r.shape.dims[0], sizeof *r.label);
        assert_int_equal(store_read(f, name, STORE_I64, store_entries(0, r.shape.dims[0]), r.label, &e), 0);
    }
    snprintf(name, sizeof name, "%s/feature", split);
    if (store_has(f, name)) {
        r.features = mem_new((size_t)r.shape.dims[1], sizeof *r.features);
        assert_int_equal(store_read(f, name, STORE_TEXT, store_entries(0, r.shape.dims[1]), r.features, &e), 0);
    }
    store_close(&f);
    return r;
}

static inline void imported_free(struct imported *r)
{
    for (int64_t i = 0; r->features && i < r->shape.dims[1]; i++)
        free(r->features[i]);
    free(r->features);
    free(r->label);
    free(r->values);
    free(r->x);
    *r = (struct imported){0};
}

// Imports into split "s" of x.h5, whatever was there; fails the test where that fails.
static inline struct imported import_good(struct import_options o)
{
    struct import_summary s;
    struct err e = {0};
    unlink("x.h5");
    o.output = (char[]){"x.h5:s"};
    if (import_run(&o, &s, &e) != 0)
        fail_msg("%s", e.text);
    import_summary_free(&s);
    return read_back("x.h5", "s");
}

// Must fail with this kind and a message that holds `part`, and leave nothing behind.
static inline void import_bad(struct import_options o, enum err_kind kind, const char *part)
{
    struct import_summary s;
    struct err e = {0};
    unlink("x.h5");
    o.output = (char[]){"x.h5:s"};
    assert_int_equal(import_run(&o, &s, &e), -1);
    assert_int_equal(e.kind, kind);
    if (!strstr(e.text, part))
        fail_msg("found: %s expected: %s", e.text, part);
    assert_int_equal(access("x.h5", F_OK), -1);
}

// The options of an import of one or two files.
#define SOURCES(...)                          \
    .sources = (const char *[]){__VA_ARGS__}, \
    .n_sources = (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *))
