// Arrays that are read are compared with their checksums, in whatever order and type their rows are read.
// links: store base
#include "store_folder.h"

#include "store/schema.h"
#include <math.h>

enum { ROWS = 5000, COLUMNS = 4, VALUES = ROWS * COLUMNS, ARRAYS = 20 };
static float values[VALUES];

static void write_file(const char *path)
{
    struct err e = {0};
    struct store_file *f = store_create(path, FORMAT_TRIAL, &e);
    struct store_shape shape = {STORE_F32, 2, {ROWS, COLUMNS}};

    for (int i = 0; i < VALUES; i++)
        values[i] = (float)(i + 0.25);
    for (int k = 0; k < ARRAYS; k++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", k);
        assert_ok(store_write(f, name, &shape, values, NULL, &e), e);
        values[0]++; // no two arrays are alike
    }
    assert_ok(store_commit(&f, &e), e);
}

// Changes one bit of value `at` of array `k`.
static void flip(const char *path, int k, int at)
{
    float pattern[4] = {(float)k + 0.25f, 1.25f, 2.25f, 3.25f};
    FILE *file = fopen(path, "r+b");
    char *bytes = mem_new(4 << 20, 1);
    size_t n = fread(bytes, 1, 4 << 20, file);

    char *found = memmem(bytes, n, pattern, sizeof pattern);
    assert_non_null(found);
    long place = (long)(found - bytes) + at * (long)sizeof(float);
    fseek(file, place, SEEK_SET);
    fputc(bytes[place] ^ 1, file);
    fclose(file);
    free(bytes);
}

static struct store_file *open_flipped(void **state, int k, int at)
{
    struct err e = {0};
    const char *path = in_folder(state, "damage.h5");
    write_file(path);
    flip(path, k, at);
    struct store_file *f = store_open(path, FORMAT_TRIAL, STORE_OWN, &e);
    if (!f)
        fail_msg("%s", e.text);
    return f;
}

static void assert_damaged(int result, const struct err *e, const char *name)
{
    char expected[64];
    snprintf(expected, sizeof expected, "/damage.h5: %s: damaged: its checksum is", name);
    assert_int_equal(result, -1);
    assert_int_equal(e->kind, ERR_DATA);
    assert_non_null(strstr(e->text, expected));
    assert_true(store_is_damage(e));
}

static void test_whole(void **state)
{
    static float as_float[VALUES];
    static double as_double[VALUES];
    struct store_file *f = open_flipped(state, 3, VALUES - 1);
    struct err first = {0}, second = {0}, third = {0}, good = {0};

    assert_damaged(store_read(f, "x3", STORE_F32, store_entries(0, ROWS), as_float, &first), &first, "x3");
    assert_damaged(store_read(f, "x3", STORE_F32, store_entries(0, ROWS), as_float, &second), &second, "x3");
    assert_damaged(store_read(f, "x3", STORE_F64, store_entries(0, ROWS), as_double, &third), &third, "x3");
    assert_ok(store_read(f, "x4", STORE_F32, store_entries(0, ROWS), as_float, &good), good);
    assert_ok(store_read(f, "x4", STORE_F64, store_entries(0, ROWS), as_double, &good), good);
    store_close(&f);
}

// In order, damage shows at the last row.
static void test_pieces_in_order(void **state)
{
    static float piece[VALUES];
    struct store_file *f = open_flipped(state, 0, 1);
    struct err e = {0};

    assert_ok(store_read(f, "x0", STORE_F32, store_entries(0, 2000), piece, &e), e);
    assert_ok(store_read(f, "x1", STORE_F32, store_entries(0, 2000), piece, &e), e); // another array in between
    assert_ok(store_read(f, "x0", STORE_F32, store_entries(2000, 2999), piece, &e), e);
    assert_ok(store_read(f, "x1", STORE_F32, store_entries(2000, 3000), piece, &e), e);
    assert_damaged(store_read(f, "x0", STORE_F32, store_entries(4999, 1), piece, &e), &e, "x0");
    store_close(&f);
}

// Out of order, before the first row that is read.
static void test_rows_anywhere(void **state)
{
    static float piece[VALUES];
    struct store_file *f = open_flipped(state, 2, 12345);
    struct err last = {0}, other = {0}, again = {0}, columns = {0}, good = {0};

    assert_damaged(store_read(f, "x2", STORE_F32, store_entries(ROWS - 1, 1), piece, &last), &last, "x2");
    assert_damaged(store_read(f, "x2", STORE_I16, store_entries(1, 1), piece, &other), &other, "x2");
    assert_damaged(store_read_last(f, "x2", STORE_F32, store_entries(1, 2), piece, &columns), &columns, "x2");
    assert_ok(store_read(f, "x1", STORE_F32, store_entries(100, 50), piece, &good), good);
    assert_true(piece[0] == 400.25f);
    assert_ok(store_read(f, "x1", STORE_F32, store_entries(0, 100), piece, &good), good);
    assert_ok(store_read_last(f, "x1", STORE_F32, store_entries(1, 2), piece, &good), good);

    assert_int_equal(
        store_read(f, "x2", STORE_F32, store_entries(0, 10), piece, &again), 0); // that is how pieces in order begin
    assert_damaged(store_read(f, "x2", STORE_F32, store_entries(20, 10), piece, &again), &again, "x2");
    store_close(&f);
}

// More arrays in turns than there is space to remember.
static void test_many_arrays(void **state)
{
    static float piece[VALUES];
    struct store_file *f = open_flipped(state, 7, 9999);
    int damaged = 0;

    for (int round = 0; round < 5; round++)
        for (int k = 0; k < ARRAYS; k++) {
            char name[16];
            struct err e = {0};
            snprintf(name, sizeof name, "x%d", k);
            if (store_read(f, name, STORE_F32, store_entries(1000 * round, 1000), piece, &e) == 0)
                continue;
            assert_int_equal(k, 7);
            assert_damaged(-1, &e, name);
            damaged++;
        }
    assert_true(damaged > 0);
    store_close(&f);
}

static void test_group(void **state)
{
    struct store_file *f = open_flipped(state, 5, 0);
    struct err e = {0};

    assert_damaged(store_verify_group(f, "", &e), &e, "x5");
    assert_int_equal(e.count, 1);
    store_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_pieces_in_order),
        cmocka_unit_test(test_rows_anywhere),
        cmocka_unit_test(test_many_arrays),
        cmocka_unit_test(test_group),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
