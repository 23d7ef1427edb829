// Compares two of our HDF5 files bit by bit: h5same A B [EXCEPT]... where EXCEPT is the path of an array or group.
// links: store comm base
//
// Lists every array of either file, the same or not. Exit code: 0 all arrays and attributes are the same; 1 not; 2
// usage.
#include "base/mem.h"
#include "store/schema.h"
#include "store/store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct comparison {
    struct store_file *file[2];
    char **except; // (n_except) paths, borrowed
    int n_except;
    int same, different; // arrays; and attributes that differ
};

static void complain(struct comparison *c, const char *path, const char *what)
{
    printf("differs  %-40s %s\n", path, what);
    c->different++;
}

static bool is_excepted(const struct comparison *c, const char *path)
{
    for (int i = 0; i < c->n_except; i++)
        if (strcmp(c->except[i], path) == 0)
            return true;
    return false;
}

// --- names: the union of two sorted lists
struct names {
    char **v[2];
    int n[2], next[2];
};

// The next name, and in which of the two it stands (bits 1 and 2); NULL: no more. Borrowed.
static const char *names_next(struct names *s, int *in)
{
    const char *a = s->next[0] < s->n[0] ? s->v[0][s->next[0]] : NULL;
    const char *b = s->next[1] < s->n[1] ? s->v[1][s->next[1]] : NULL;
    int order = a && b ? strcmp(a, b) : a ? -1 : 1;
    if (!a && !b)
        return NULL;
    *in = (order <= 0 ? 1 : 0) | (order >= 0 ? 2 : 0);
    s->next[0] += order <= 0;
    s->next[1] += order >= 0;
    return order <= 0 ? a : b;
}

static void names_free(struct names *s)
{
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < s->n[k]; i++)
            free(s->v[k][i]);
        free(s->v[k]);
    }
}

// --- attributes

// The value as text, new memory; NULL: a reference of HDF5's own, which is no value.
static char *attribute_text(struct store_file *f, const char *path, const char *name)
{
    int64_t whole;
    double real;
    char *text = store_get_text(f, path, name);
    if (!text && store_get_int(f, path, name, &whole, NULL) == 0)
        return mem_format("%lld", (long long)whole);
    if (!text && store_get_real(f, path, name, &real, NULL) == 0)
        return mem_format("%a", real);
    return text;
}

static void compare_attribute(struct comparison *c, const char *path, const char *name)
{
    char *a = attribute_text(c->file[0], path, name), *b = attribute_text(c->file[1], path, name);
    if ((a == NULL) != (b == NULL) || (a && strcmp(a, b) != 0)) {
        char *what = mem_format("attribute %s: '%.60s' and '%.60s'", name, a ? a : "", b ? b : "");
        complain(c, path, what);
        free(what);
    }
    free(a);
    free(b);
}

static void compare_attributes(struct comparison *c, const char *path)
{
    struct names s = {0};
    struct err e = {0};
    int in;
    for (int k = 0; k < 2; k++)
        if (store_attributes(c->file[k], path, &s.v[k], &s.n[k], &e) != 0)
            complain(c, path, e.text);
    for (const char *name; (name = names_next(&s, &in));)
        if (strcmp(name, STORE_ATTRIBUTES_CHECKSUM) == 0)
            continue; // follows from the others, those of EXCEPT among them
        else if (in == 3)
            compare_attribute(c, path, name);
        else
            complain(c, path, "one of the two has an attribute more");
    names_free(&s);
}

// --- arrays
static int64_t count_elements(const struct store_shape *s)
{
    int64_t n = 1;
    for (int i = 0; i < s->rank; i++)
        n *= s->dims[i];
    return n;
}

static bool same_element(enum store_type type, const void *a, const void *b)
{
    if (type == STORE_TEXT)
        return strcmp(*(char *const *)a, *(char *const *)b) == 0;
    return memcmp(a, b, store_type_size(type)) == 0;
}

static void compare_elements(struct comparison *c, const char *path, const struct store_shape *s, char *const data[2])
{
    int64_t n = count_elements(s), unlike = 0, first = 0;
    size_t size = store_type_size(s->type);
    for (int64_t i = 0; i < n; i++)
        if (!same_element(s->type, data[0] + (size_t)i * size, data[1] + (size_t)i * size) && unlike++ == 0)
            first = i;
    if (unlike) {
        char *what = mem_format(
            "%lld of %lld elements, the first is number %lld", (long long)unlike, (long long)n, (long long)first);
        complain(c, path, what);
        free(what);
        return;
    }
    printf("same     %-40s %lld elements of %zu bytes\n", path, (long long)n, size);
    c->same++;
}

static void free_array(const struct store_shape *s, char *data)
{
    for (int64_t i = 0; data && s->type == STORE_TEXT && i < count_elements(s); i++)
        free(((char **)(void *)data)[i]);
    free(data);
}

static bool same_shape(const struct store_shape s[2])
{
    bool same = s[0].type == s[1].type && s[0].rank == s[1].rank;
    for (int i = 0; same && i < s[0].rank; i++)
        same = s[0].dims[i] == s[1].dims[i];
    return same;
}

static void compare_array(struct comparison *c, const char *path, const struct store_shape s[2])
{
    struct err e = {0};
    char *data[2] = {NULL, NULL};
    if (!same_shape(s)) {
        complain(c, path, "type or shape");
        return;
    }
    for (int k = 0; k < 2; k++) {
        data[k] = mem_new((size_t)count_elements(s), store_type_size(s->type));
        store_read(c->file[k], path, s->type, store_entries(0, s->rank ? s->dims[0] : 1), data[k], &e);
    }
    if (e.count)
        complain(c, path, e.text);
    else
        compare_elements(c, path, s, data);
    free_array(s, data[0]);
    free_array(s, data[1]);
}

// --- groups
static void compare_group(struct comparison *c, const char *group, int depth);

static void compare_object(struct comparison *c, const char *path, int depth)
{
    struct store_shape s[2];
    struct err ignored = {0};
    compare_attributes(c, path);
    int is_array[2];
    for (int k = 0; k < 2; k++)
        is_array[k] = store_get_shape(c->file[k], path, &s[k], &ignored) == 0;
    if (is_array[0] != is_array[1])
        complain(c, path, "an array in one file alone");
    else if (is_array[0])
        compare_array(c, path, s);
    else
        compare_group(c, path, depth + 1);
}

static void compare_group(struct comparison *c, const char *group, int depth)
{
    struct names s = {0};
    struct err e = {0};
    int in;
    for (int k = 0; k < 2; k++)
        if (depth > 8 || store_list(c->file[k], group, &s.v[k], &s.n[k], &e) != 0)
            complain(c, group, depth > 8 ? "too deep" : e.text);
    for (const char *name; (name = names_next(&s, &in));) {
        char *path = mem_format("%s%s%s", group, *group ? "/" : "", name);
        if (is_excepted(c, path))
            printf("skipped  %s\n", path);
        else if (in != 3)
            complain(c, path, in == 1 ? "in the first file alone" : "in the second file alone");
        else
            compare_object(c, path, depth);
        free(path);
    }
    names_free(&s);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    if (argc < 3) {
        fprintf(stderr, "usage: h5same A B [EXCEPT]...\n");
        return 2;
    }
    struct comparison c = {.except = argv + 3, .n_except = argc - 3};
    for (int k = 0; k < 2; k++)
        if (!(c.file[k] = store_open(argv[1 + k], NULL, STORE_OWN, &e)))
            return err_print(&e);
    compare_attributes(&c, "");
    compare_group(&c, "", 0);
    printf("%d arrays the same, %d differences\n", c.same, c.different);
    store_close(&c.file[0]);
    store_close(&c.file[1]);
    return c.same > 0 && c.different == 0 ? 0 : 1;
}
