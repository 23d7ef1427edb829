// Malformed and foreign files: refused or read, but never a crash or a hang of this process.
// links: store base
#include "store_folder.h"

#include <fcntl.h>
#include <hdf5.h>
#include <sys/stat.h>
#include <time.h>

// Everything that a caller may ask of an array.
static void read_array(struct store_file *f, const char *path)
{
    struct err e = {0};
    struct store_shape shape;
    struct store_map map;
    if (store_get_shape(f, path, &shape, &e) < 0)
        return;
    int64_t rows = shape.rank ? shape.dims[0] : 1, elements = 1;
    for (int i = 1; i < shape.rank; i++)
        elements *= shape.dims[i];
    if (rows * elements > (1 << 24) || rows * elements == 0)
        return;
    void *data = mem_array((size_t)(rows * elements), sizeof(double), path, &e);
    assert_non_null(data);
    int r = store_read(f, path, shape.type, 0, rows, data, &e);
    for (int64_t i = 0; shape.type == STORE_TEXT && r == 0 && i < rows * elements; i++)
        free(((char **)data)[i]);
    if (shape.type != STORE_TEXT)
        store_read(f, path, STORE_F64, 0, rows, data, &e);
    store_verify(f, path, &e);
    if (store_map(f, path, &map, &e) == 0 && map.data && map.bytes) {
        volatile char last = ((const char *)map.data)[map.bytes - 1];
        (void)last;
    }
    store_unmap(&map);
    free(data);
}

static int read_group(struct store_file *f, const char *group, int depth)
{
    struct err e = {0};
    char **names;
    int n, arrays = 0;
    if (depth > 8 || store_list(f, group, &names, &n, &e) < 0)
        return 0;
    for (int i = 0; i < n; i++) {
        char *path = mem_format("%s/%s", group, names[i]);
        int64_t whole;
        double real;
        free(store_get_text(f, path, "long_name"));
        store_get_int(f, path, "long_name", &whole, NULL);
        store_get_real(f, path, "long_name", &real, NULL);
        read_array(f, path);
        arrays += 1 + read_group(f, path, depth + 1);
        free(path);
        free(names[i]);
    }
    free(names);
    return arrays;
}

static void test_malformed(void **state)
{
    (void)state;
    const char *data = getenv("HOURGLASS_DATA");
    char *folder = mem_format("%s/hdf5-malformed", data ? data : "");
    DIR *d = data ? opendir(folder) : NULL;
    if (!d) {
        print_message("HOURGLASS_DATA/hdf5-malformed is not here\n");
        free(folder);
        skip();
    }
    int refused = 0, opened = 0;
    for (struct dirent *entry; (entry = readdir(d));) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = mem_format("%s/%s", folder, entry->d_name);
        struct err e = {0};
        time_t start = time(NULL);
        struct store_file *f = store_open(path, NULL, false, &e);
        print_message("%ld s: %s", (long)(time(NULL) - start), f ? path : e.text);
        if (f)
            print_message(": opened, %d objects\n", read_group(f, "", 0));
        else
            assert_int_equal(e.kind, ERR_DATA);
        refused += !f;
        opened += !!f;
        store_close(&f);
        free(path);
    }
    closedir(d);
    free(folder);
    print_message("%d refused, %d opened\n", refused, opened);
    assert_true(refused > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {TEST(test_malformed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
