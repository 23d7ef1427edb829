// A mapped file that another program writes, cuts off or replaces is seen, and ends nobody with a signal.
// links: store base
#include "store_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

enum { ROWS = 6000 };

static void write_file(const char *path, float first)
{
    struct err e = {0};
    static float x[ROWS];
    for (int i = 0; i < ROWS; i++)
        x[i] = first + (float)i;
    struct store_file *f = store_create(path, "hourglass-dataset", &e);
    assert_non_null(f);
    assert_ok(store_write(f, "x", &(struct store_shape){STORE_F32, 1, {ROWS}}, x, NULL, &e), e);
    assert_ok(store_commit(&f, &e), e);
}

// The map of a file whose time lies in the past, so that it is believed; *sum: the checksum.
static struct store_mapping map_file(const char *path, bool is_old, char **sum)
{
    struct err e = {0};
    struct store_mapping map;
    if (is_old)
        utimensat(AT_FDCWD, path, (struct timespec[]){{.tv_sec = 1000}, {.tv_sec = 1000}}, 0);
    struct store_file *f = store_open(path, NULL, STORE_OWN, &e);
    assert_non_null(f);
    assert_ok(store_map(f, "x", &map, &e), e);
    *sum = store_get_text(f, "x", "xxh3");
    store_close(&f);
    assert_non_null(map.data);
    assert_ok(store_map_check(&map, *sum, STORE_MAP_LOOK, &e), e);
    return map;
}

static double sum_of(const struct store_mapping *map)
{
    double sum = 0;
    for (size_t i = 0; i < map->bytes / sizeof(float); i++)
        sum += ((const volatile float *)map->data)[i];
    return sum;
}

static void change(const char *path, const struct store_mapping *map, bool keeps_time)
{
    struct stat s;
    int fd = open(path, O_RDWR);
    float other = 77;
    assert_int_equal(fstat(fd, &s), 0);
    off_t at = (off_t)((const char *)map->data - (const char *)map->base); // the mapping begins with a page
    for (off_t page = 0; page < s.st_size; page += 4096)
        if (page + at + 4 <= s.st_size)
            assert_int_equal(pwrite(fd, &other, sizeof other, page + at), sizeof other);
    if (keeps_time)
        assert_int_equal(futimens(fd, (struct timespec[]){s.st_atim, s.st_mtim}), 0);
    close(fd);
}

static void expect(struct store_mapping *map, const char *sum, enum store_map_checks checks, const char *why)
{
    struct err e = {0};
    if (store_map_check(map, sum, checks, &e) == 0 || e.kind != ERR_DATA || !strstr(e.text, why))
        fail_msg("found '%s', expected '%s'", e.text, why);
}

static void written(void **state)
{
    for (int old = 0; old < 2; old++) {
        const char *path = in_folder(state, "x.h5");
        char *sum;
        write_file(path, 1);
        struct store_mapping map = map_file(path, old, &sum);
        change(path, &map, false);
        expect(&map, sum, STORE_MAP_LOOK, "x.h5: the file was changed while it was used");
        expect(&map, NULL, STORE_MAP_LOOK, old ? "the file was changed" : "the file was changed");
        store_unmap(&map);
        free(sum);
    }
}

// As a program does that writes through a mapping: the time says nothing.
static void written_in_secret(void **state)
{
    const char *path = in_folder(state, "x.h5");
    char *sum;
    write_file(path, 1);
    struct store_mapping map = map_file(path, true, &sum);
    change(path, &map, true);
    expect(&map, sum, STORE_MAP_BYTES, "the file was changed");
    store_unmap(&map);
    free(sum);
    write_file(path, 2);
    map = map_file(path, false, &sum); // modified a moment ago: its time is not believed
    change(path, &map, true);
    expect(&map, sum, STORE_MAP_LOOK, "the file was changed");
    store_unmap(&map);
    free(sum);
}

static void cut_off(void **state)
{
    const char *path = in_folder(state, "x.h5"), *other = in_folder(state, "other.h5");
    char *sum, *other_sum;
    struct err e = {0};
    write_file(path, 1);
    write_file(other, 5);
    struct store_mapping map = map_file(path, true, &sum), whole = map_file(other, true, &other_sum);
    double before = sum_of(&map), others = sum_of(&whole);
    assert_int_equal(truncate(path, 3000), 0);
    assert_true(sum_of(&map) < before); // zeros instead of a signal
    expect(&map, sum, STORE_MAP_LOOK, "x.h5: the file was cut off while it was used: found 3000 bytes, expected ");
    assert_true(sum_of(&whole) == others);
    assert_ok(store_map_check(&whole, other_sum, STORE_MAP_BYTES, &e), e);
    store_unmap(&map);
    store_unmap(&whole);
    free(sum);
    free(other_sum);
}

static void harmless(void **state)
{
    const char *path = in_folder(state, "x.h5");
    char *sum;
    struct err e = {0};
    write_file(path, 1);
    struct store_mapping map = map_file(path, true, &sum);
    double before = sum_of(&map);
    assert_int_equal(utimensat(AT_FDCWD, path, NULL, 0), 0); // touched
    assert_ok(store_map_check(&map, sum, STORE_MAP_LOOK, &e), e);
    write_file(path, 9); // another file has the name
    assert_ok(store_map_check(&map, sum, STORE_MAP_BYTES, &e), e);
    unlink(path);
    assert_ok(store_map_check(&map, sum, STORE_MAP_BYTES, &e), e);
    assert_true(sum_of(&map) == before);
    store_unmap(&map);
    free(sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(written, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(written_in_secret, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(cut_off, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(harmless, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
