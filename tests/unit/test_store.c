// Files written and read back: arrays, strings, streams, attributes, maps, copies; what is refused, and the messages.
// links: store base
#include "store_folder.h"

#include "store/schema.h"
#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <sys/stat.h>

static struct store_file *create(const char *path)
{
    struct err e = {0};
    struct store_file *f = store_create(path, FORMAT_TRIAL, &e);
    if (!f)
        fail_msg("%s", e.text);
    return f;
}

static struct store_file *commit_and_open(struct store_file **f)
{
    struct err e = {0};
    char *path = mem_text(store_path(*f));
    assert_ok(store_commit(f, &e), e);
    assert_null(*f);
    struct store_file *opened = store_open(path, FORMAT_TRIAL, STORE_OWN, &e);
    if (!opened)
        fail_msg("%s", e.text);
    free(path);
    return opened;
}

static void test_types(void **state)
{
    static const uint8_t u8[] = {0, 7, 255};
    static const int8_t i8[] = {-128, 0, 127};
    static const int16_t i16[] = {-32768, 1, 32767};
    static const int32_t i32[] = {INT32_MIN, 2, INT32_MAX};
    static const int64_t i64[] = {INT64_MIN, 3, INT64_MAX};
    static const float f32[] = {-1.5f, 0, INFINITY};
    static const double f64[] = {-1e300, 0.1, 5e-324};
    static const char *const text[] = {"", "Größe", "two\nlines"};
    static const struct {
        const char *name;
        enum store_type type;
        const void *data;
    } cases[] = {{"u8", STORE_U8, u8}, {"i8", STORE_I8, i8}, {"i16", STORE_I16, i16}, {"i32", STORE_I32, i32},
        {"i64", STORE_I64, i64}, {"f32", STORE_F32, f32}, {"f64", STORE_F64, f64}, {"text", STORE_TEXT, text}};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "a.h5"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_shape shape = {.type = cases[i].type, .rank = 1, .dims = {3}};
        assert_ok(store_write(f, cases[i].name, &shape, cases[i].data, NULL, &e), e);
    }
    f = commit_and_open(&f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store_shape shape;
        union {
            int64_t numbers[3];
            char *texts[3];
        } got;
        assert_ok(store_get_shape(f, cases[i].name, &shape, &e), e);
        assert_int_equal(shape.type, cases[i].type);
        assert_int_equal(shape.rank, 1);
        assert_int_equal(shape.dims[0], 3);
        assert_ok(store_read(f, cases[i].name, shape.type, store_entries(0, 3), &got, &e), e);
        for (int k = 0; k < 3 && shape.type == STORE_TEXT; k++) {
            assert_string_equal(got.texts[k], text[k]);
            free(got.texts[k]);
        }
        if (shape.type != STORE_TEXT)
            assert_memory_equal(&got, cases[i].data, 3 * store_type_size(shape.type));
        assert_ok(store_verify(f, cases[i].name, &e), e);
    }
    store_close(&f);
    assert_int_equal(folder_count(*state), 1);
}

static void test_shapes(void **state)
{
    static const struct store_shape shapes[] = {{STORE_F32, 0, {0}}, {STORE_F32, 1, {24}}, {STORE_F32, 2, {4, 6}},
        {STORE_F32, 3, {2, 3, 4}}, {STORE_F32, 4, {2, 3, 2, 2}}, {STORE_F32, 1, {0}}, {STORE_F32, 2, {0, 5}},
        {STORE_F32, 2, {5, 0}}, {STORE_TEXT, 1, {0}}};
    enum { N = sizeof shapes / sizeof shapes[0] };
    float data[24], got[24];
    struct err e = {0};
    for (int i = 0; i < 24; i++)
        data[i] = (float)i;
    struct store_file *f = create(in_folder(state, "a.h5"));
    for (int i = 0; i < N; i++) {
        char name[] = {'g', '/', (char)('a' + i), 0};
        assert_ok(store_write(f, name, &shapes[i], data, NULL, &e), e);
    }
    f = commit_and_open(&f);
    for (int i = 0; i < N; i++) {
        char name[] = {'g', '/', (char)('a' + i), 0};
        struct store_shape shape;
        assert_ok(store_get_shape(f, name, &shape, &e), e);
        assert_memory_equal(&shape, &shapes[i], sizeof shape);
        int64_t rows = shape.rank ? shape.dims[0] : 1, n = rows;
        for (int k = 1; k < shape.rank; k++)
            n *= shape.dims[k];
        memset(got, 0, sizeof got);
        assert_ok(store_read(f, name, shape.type, store_entries(0, rows), got, &e), e);
        assert_memory_equal(got, data, (size_t)n * sizeof(float));
        assert_ok(store_verify(f, name, &e), e);
    }
    assert_ok(store_read(f, "g/d", STORE_F32, store_entries(1, 1), got, &e), e);
    assert_memory_equal(got, data + 12, 12 * sizeof(float));
    assert_error(store_read(f, "g/d", STORE_F32, store_entries(1, 2), got, &e), e, ERR_DATA, "has 2 rows, not 3");
    store_close(&f);
}

static void test_conversion(void **state)
{
    static const double values[] = {1, -2, 2.5, 300};
    struct store_shape shape = {STORE_F64, 1, {4}};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "a.h5"));
    struct store_shape table = {STORE_F64, 2, {1, 4}};
    assert_ok(store_write(f, "v", &shape, values, NULL, &e), e);
    assert_ok(store_write(f, "table", &table, values, NULL, &e), e);
    f = commit_and_open(&f);
    float reals[4];
    int64_t wholes[4];
    int8_t small[4];
    uint8_t positive[4];
    char *texts[4];
    assert_ok(store_read(f, "v", STORE_F32, store_entries(0, 4), reals, &e), e);
    assert_true(reals[2] == 2.5f && reals[3] == 300);
    assert_ok(store_read(f, "v", STORE_I64, store_entries(0, 2), wholes, &e), e);
    assert_true(wholes[0] == 1 && wholes[1] == -2);
    assert_error(store_read(f, "v", STORE_I64, store_entries(0, 3), wholes, &e), e, ERR_DATA,
        "a.h5: v: row 2: found a value that i8");
    assert_error(store_read(f, "v", STORE_I8, store_entries(3, 1), small, &e), e, ERR_DATA, "cannot hold");
    assert_error(store_read(f, "v", STORE_U8, store_entries(1, 1), positive, &e), e, ERR_DATA, "cannot hold");
    assert_error(store_read_last(f, "table", STORE_U8, store_entries(0, 3), positive, &e), e, ERR_DATA,
        "a.h5: table: column 1: found a value that u1 cannot hold");
    assert_error(
        store_read(f, "v", STORE_TEXT, store_entries(0, 4), texts, &e), e, ERR_DATA, "holds numbers, not strings");
    store_close(&f);
}

static void test_stream(void **state)
{
    enum { ROWS = 5000, COLUMNS = 321 };
    float *data = mem_new(ROWS * COLUMNS, sizeof *data), *got = mem_new(ROWS * COLUMNS, sizeof *data);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        data[i] = (float)sin(i);
    struct store_shape shape = {STORE_F32, 2, {ROWS, COLUMNS}};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "a.h5"));
    struct store_stream *s = store_stream_begin(f, "pieces", &shape, NULL, &e);
    assert_non_null(s);
    for (int row = 0, n = 1; row < ROWS; row += n, n = n * 3 < ROWS - row ? n * 3 : ROWS - row)
        assert_ok(store_stream_write(s, n, data + (size_t)row * COLUMNS, &e), e);
    assert_ok(store_stream_end(&s, &e), e);
    assert_null(s);
    assert_ok(store_write(f, "whole", &shape, data, NULL, &e), e);
    f = commit_and_open(&f);
    assert_ok(store_read(f, "pieces", STORE_F32, store_entries(0, ROWS), got, &e), e);
    assert_memory_equal(got, data, ROWS * COLUMNS * sizeof *data);
    char *a = store_get_text(f, "pieces", STORE_CHECKSUM), *b = store_get_text(f, "whole", STORE_CHECKSUM);
    assert_string_equal(a, b);
    assert_int_equal(strlen(a), 16);
    free(a);
    free(b);
    store_close(&f);
    free(data);
    free(got);
}

static void test_stream_row_count(void **state)
{
    static const float row[4] = {0};
    struct store_shape shape = {STORE_F32, 2, {3, 4}};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "a.h5"));
    struct store_stream *s = store_stream_begin(f, "few", &shape, NULL, &e);
    assert_ok(store_stream_write(s, 1, row, &e), e);
    assert_error(store_stream_end(&s, &e), e, ERR_SOFTWARE, "1 of 3 rows");
    s = store_stream_begin(f, "many", &shape, NULL, &e);
    assert_error(store_stream_write(s, 4, row, &e), e, ERR_SOFTWARE, "row 4 of 3");
    assert_int_equal(store_stream_end(&s, &e), -1);
    memset(&e, 0, sizeof e);
    assert_error(store_commit(&f, &e), e, ERR_IO, "a write to it had failed");
    assert_int_equal(folder_count(*state), 0);
}

static void test_attributes(void **state)
{
    struct err e = {0};
    char *big = mem_new(1 << 20, 1);
    memset(big, 'x', (1 << 20) - 1);
    struct store_file *f = create(in_folder(state, "a.h5"));
    assert_ok(store_set_text(f, "", "title", "Größe", &e), e);
    assert_ok(store_set_text(f, "/", "title", "second", &e), e);
    assert_ok(store_set_int(f, "scores/test", "count", INT64_MIN, &e), e);
    assert_ok(store_set_real(f, "scores/test", "roc_auc", 0.1, &e), e);
    assert_ok(store_set_real(f, "scores/test", "none", NAN, &e), e);
    assert_ok(store_set_text(f, "scores/test", "big", big, &e), e);
    assert_ok(store_set_text(f, "scores/test", "empty", "", &e), e);
    f = commit_and_open(&f);
    char **names;
    int n;
    assert_ok(store_attributes(f, "scores/test", &names, &n, &e), e);
    assert_int_equal(n, 5);
    assert_string_equal(names[0], "big");
    assert_string_equal(names[4], "roc_auc");
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    char *title = store_get_text(f, "", "title"), *got = store_get_text(f, "scores/test", "big");
    char *empty = store_get_text(f, "scores/test", "empty");
    int64_t count;
    double real;
    assert_string_equal(title, "second");
    assert_string_equal(got, big);
    assert_string_equal(empty, "");
    assert_ok(store_get_int(f, "scores/test", "count", &count, &e), e);
    assert_true(count == INT64_MIN);
    assert_ok(store_get_real(f, "/scores/test", "roc_auc", &real, &e), e);
    assert_true(real == 0.1);
    assert_ok(store_get_real(f, "scores/test", "none", &real, &e), e);
    assert_true(isnan(real));
    assert_null(store_get_text(f, "scores/test", "missing"));
    assert_null(store_get_text(f, "missing", "missing"));
    assert_null(store_get_text(f, "scores/test", "count"));
    assert_int_equal(store_get_int(f, "scores/test", "missing", &count, NULL), -1);
    assert_error(store_get_int(f, "scores/test", "roc_auc", &count, &e), e, ERR_DATA, "of another type");
    assert_error(store_get_real(f, "", "missing", &real, &e), e, ERR_DATA, "a.h5: /: attribute missing");
    store_close(&f);
    free(title);
    free(got);
    free(empty);
    free(big);
}

static void test_names(void **state)
{
    static const float v[3] = {0};
    struct store_shape shape = {STORE_F32, 1, {3}};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "a.h5"));
    assert_ok(store_write(f, "g/zebra", &shape, v, NULL, &e), e);
    assert_ok(store_write(f, "g/apple", &shape, v, NULL, &e), e);
    assert_ok(store_write(f, "/g/h/inner", &shape, v, NULL, &e), e);
    f = commit_and_open(&f);
    char **names;
    int n;
    assert_ok(store_list(f, "g", &names, &n, &e), e);
    assert_int_equal(n, 3);
    assert_string_equal(names[0], "apple");
    assert_string_equal(names[1], "h");
    assert_string_equal(names[2], "zebra");
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    assert_true(store_has(f, "") && store_has(f, "/") && store_has(f, "g") && store_has(f, "/g/h/inner"));
    assert_false(store_has(f, "h") || store_has(f, "g/apple/x") || store_has(f, "nothing/at/all"));
    assert_error(
        store_get_shape(f, "g/aple", &shape, &e), e, ERR_DATA, "g/aple: not in the file; did you mean 'apple'?");
    assert_error(store_get_shape(f, "g/h", &shape, &e), e, ERR_DATA, "is a group, not an array");
    assert_error(store_list(f, "g/apple", &names, &n, &e), e, ERR_DATA, "is an array, not a group");
    assert_error(store_list(f, "none", &names, &n, &e), e, ERR_DATA, "not in the file");
    store_close(&f);
}

static void test_scales(void **state)
{
    static const float square[9] = {0};
    struct store_shape shape = {STORE_F32, 2, {3, 3}};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "a.h5"));
    assert_ok(store_write_index(f, "g/row", 3, "row", &e), e);
    assert_ok(store_write_index(f, "g/column", 3, "column", &e), e);
    assert_ok(store_write_index(f, "other", 4, "another length", &e), e);
    struct store_about about = {.long_name = "a square", .units = "1", .scales = {"row", "column"}};
    assert_ok(store_write(f, "g/square", &shape, square, &about, &e), e);
    assert_error(store_write(f, "g/bad", &shape, square, &(struct store_about){.scales = {"row", "/other"}}, &e), e,
        ERR_SOFTWARE, "dimension 1 is 3, its scale /other is not");
    assert_error(store_write(f, "g/worse", &shape, square, &(struct store_about){.scales = {"none"}}, &e), e, ERR_IO,
        "g/none: not in the file");
    store_abandon(&f);
    assert_null(f);
    store_abandon(&f);
    assert_int_equal(folder_count(*state), 0);
}

static void test_map(void **state)
{
    enum { N = 100000 };
    float *data = mem_new(N, sizeof *data);
    for (int i = 0; i < N; i++)
        data[i] = (float)i;
    static const char *const texts[] = {"a"};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "a.h5"));
    assert_ok(store_write(f, "small", &(struct store_shape){STORE_U8, 1, {3}}, "abc", NULL, &e), e);
    assert_ok(store_write(f, "x", &(struct store_shape){STORE_F32, 2, {N / 10, 10}}, data, NULL, &e), e);
    assert_ok(store_write(f, "text", &(struct store_shape){STORE_TEXT, 1, {1}}, texts, NULL, &e), e);
    assert_ok(store_write(f, "empty", &(struct store_shape){STORE_F32, 2, {0, 10}}, data, NULL, &e), e);
    f = commit_and_open(&f);
    struct store_mapping small, x, text, empty;
    assert_ok(store_map(f, "small", &small, &e), e);
    assert_ok(store_map(f, "x", &x, &e), e);
    assert_ok(store_map(f, "text", &text, &e), e);
    assert_ok(store_map(f, "empty", &empty, &e), e);
    assert_error(store_map(f, "none", &text, &e), e, ERR_DATA, "not in the file");
    store_close(&f);
    assert_non_null(x.data);
    assert_int_equal(x.bytes, N * sizeof *data);
    assert_int_equal((uintptr_t)x.data % 64, 0);
    assert_memory_equal(x.data, data, x.bytes);
    assert_memory_equal(small.data, "abc", 3);
    assert_null(text.data);
    assert_non_null(empty.data);
    assert_int_equal(empty.bytes, 0);
    store_unmap(&small);
    store_unmap(&x);
    store_unmap(&empty);
    store_unmap(&text);
    free(data);
}

static void test_copy(void **state)
{
    static const float code[6] = {1, 2, 3, 4, 5, 6};
    static const char *const names[] = {"boot", "seven", ""};
    struct err e = {0};
    struct store_file *f = create(in_folder(state, "trial.h5"));
    assert_ok(store_write_index(f, "scores/test/sample", 3, "row", &e), e);
    assert_ok(store_write_index(f, "scores/test/unit", 2, "code unit", &e), e);
    struct store_about about = {.units = "1", .scales = {"sample", "unit"}};
    assert_ok(store_write(f, "scores/test/code", &(struct store_shape){STORE_F32, 2, {3, 2}}, code, &about, &e), e);
    about.scales[1] = NULL;
    assert_ok(store_write(f, "scores/test/name", &(struct store_shape){STORE_TEXT, 1, {3}}, names, &about, &e), e);
    assert_ok(store_set_real(f, "scores/test", "roc_auc", 0.75, &e), e);
    struct store_file *trial = commit_and_open(&f);
    f = create(in_folder(state, "run.h5"));
    assert_ok(store_copy(trial, "", f, "trials/one", &e), e);
    assert_ok(store_copy(trial, "scores/test", f, "/trials/two", &e), e);
    assert_error(store_copy(trial, "none", f, "trials/three", &e), e, ERR_DATA, "not in the file");
    store_close(&trial);
    f = commit_and_open(&f);
    double auc;
    assert_ok(store_get_real(f, "trials/one/scores/test", "roc_auc", &auc, &e), e);
    assert_true(auc == 0.75);
    char *format = store_get_text(f, "trials/one", STORE_FORMAT), *texts[3];
    assert_string_equal(format, FORMAT_TRIAL);
    free(format);
    assert_ok(store_read(f, "trials/two/name", STORE_TEXT, store_entries(0, 3), texts, &e), e);
    for (int i = 0; i < 3; i++) {
        assert_string_equal(texts[i], names[i]);
        free(texts[i]);
    }
    assert_ok(store_verify(f, "trials/two/code", &e), e);
    store_close(&f);
}

// Scales that lie outside of what is copied: used ones forget their users, users find the array of the same path.
static void test_copy_parts(void **state)
{
    static const float x[3] = {1, 2, 3};
    struct err e = {0};
    struct store_shape shape = {STORE_F32, 1, {3}};
    struct store_about about = {.scales = {"/a/row"}};
    struct store_file *f = create(in_folder(state, "from.h5"));
    assert_ok(store_write_index(f, "a/row", 3, "row", &e), e);
    assert_ok(store_write(f, "a/y", &shape, x, &about, &e), e);
    assert_ok(store_write(f, "b/x", &shape, x, &about, &e), e);
    struct store_file *from = commit_and_open(&f);
    f = create(in_folder(state, "to.h5"));
    assert_ok(store_copy(from, "a", f, "a", &e), e);
    assert_ok(store_copy(from, "b", f, "b", &e), e);
    assert_ok(store_copy(from, "a/row", f, "c/row", &e), e);
    store_close(&from);
    assert_ok(store_commit(&f, &e), e);
    hid_t file = H5Fopen(in_folder(state, "to.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t scale = H5Dopen2(file, "a/row", H5P_DEFAULT), alone = H5Dopen2(file, "c/row", H5P_DEFAULT);
    for (int i = 0; i < 2; i++) {
        hid_t user = H5Dopen2(file, i ? "b/x" : "a/y", H5P_DEFAULT);
        assert_true(H5DSis_attached(user, scale, 0) > 0);
        assert_true(H5DSis_attached(user, alone, 0) == 0);
        H5Dclose(user);
    }
    assert_true(H5DSis_scale(alone) > 0);
    assert_int_equal(H5Aexists(alone, "REFERENCE_LIST"), 0);
    H5Dclose(alone);
    H5Dclose(scale);
    H5Fclose(file);
}

static void test_formats(void **state)
{
    struct err e = {0};
    const char *path = in_folder(state, "a.h5");
    struct store_file *f = create(path);
    assert_ok(store_commit(&f, &e), e);
    assert_null(store_open(path, FORMAT_RUN, STORE_OWN, &e));
    assert_error(-1, e, ERR_DATA, "a.h5: format: found \"hourglass-trial\", expected \"hourglass-run\"");
    f = store_create(path, FORMAT_RUN, &e);
    assert_ok(store_set_int(f, "", STORE_FORMAT_VERSION, FORMAT_RUN_VERSION + 1, &e), e);
    assert_ok(store_commit(&f, &e), e);
    assert_null(store_open(path, FORMAT_RUN, STORE_OWN, &e));
    assert_error(-1, e, ERR_DATA, "format_version: found 3, known here are 1 to 2");
    f = store_open(path, NULL, STORE_OWN, &e);
    assert_non_null(f);
    store_close(&f);
    store_close(&f);
    assert_null(store_open(in_folder(state, "none.h5"), NULL, STORE_OWN, &e));
    assert_error(-1, e, ERR_DATA, "none.h5: No such file or directory");
    assert_null(store_create(in_folder(state, "none/a.h5"), FORMAT_RUN, &e));
    assert_error(-1, e, ERR_IO, "cannot open its temporary for writing: No such file or directory");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {TEST(test_types), TEST(test_shapes), TEST(test_conversion), TEST(test_stream),
        TEST(test_stream_row_count), TEST(test_attributes), TEST(test_names), TEST(test_scales), TEST(test_map),
        TEST(test_copy), TEST(test_copy_parts), TEST(test_formats)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
