// IDX, NumPy and HDF5: every element type, both byte orders, both storage orders, packed and not.
// links: import
#include "import_fixture.h"

#include <math.h>
#include <zip.h>
#include <zlib.h>

static void append_big_endian(char *to, const void *value, int size)
{
    for (int i = 0; i < size; i++)
        to[i] = ((const char *)value)[size - 1 - i]; // this machine is little-endian
}

static void gzip_file(const char *from, const char *to, int members)
{
    char bytes[4096];
    FILE *f = fopen(from, "rb");
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    unlink(to);
    for (int m = 0; m < members; m++) {
        gzFile z = gzopen(to, "ab");
        unsigned begin = (unsigned)(n * (size_t)m / (size_t)members),
                 end = (unsigned)(n * ((size_t)m + 1) / (size_t)members);
        gzwrite(z, bytes + begin, end - begin);
        gzclose(z);
    }
}

static void idx_of_every_type(void **state)
{
    (void)state;
    static const struct {
        char code;
        int size;
        enum store_type type;
        bool is_signed;
    } rows[] = {{0x08, 1, STORE_U8, false}, {0x09, 1, STORE_I8, true}, {0x0B, 2, STORE_I16, true},
        {0x0C, 4, STORE_I32, true}, {0x0D, 4, STORE_F32, true}, {0x0E, 8, STORE_F64, true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char file[16 + 8 * 8] = {0, 0, rows[i].code, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2};
        double expected[8];
        for (int v = 0; v < 8; v++) {
            expected[v] = rows[i].is_signed ? 3 - 5 * v : 30 * v;
            int64_t whole = (int64_t)expected[v];
            float f4 = (float)expected[v];
            const void *value = rows[i].code == 0x0D   ? (const void *)&f4
                                : rows[i].code == 0x0E ? (const void *)&expected[v]
                                                       : (const void *)&whole;
            append_big_endian(file + 16 + v * rows[i].size, value, rows[i].size);
        }
        write_file("x.idx", file, 16 + 8 * (size_t)rows[i].size);
        gzip_file("x.idx", "x.idx.gz", 1);
        gzip_file("x.idx", "many.gz", 3);
        const char *const files[] = {"x.idx", "x.idx.gz", "many.gz"};
        for (int k = 0; k < 3; k++) {
            struct imported r = import_good((struct import_options){SOURCES(files[k])});
            assert_int_equal(r.shape.type, rows[i].type);
            assert_int_equal(r.shape.rank, 3);
            assert_int_equal(r.n, 8);
            assert_memory_equal(r.values, expected, sizeof expected);
            assert_null(r.features);
            imported_free(&r);
        }
    }
}

static void idx_labels_in_either_order(void **state)
{
    (void)state;
    write_file("x.idx", "\0\0\x08\3\0\0\0\3\0\0\0\1\0\0\0\2ABCDEF", 22);
    write_file("l.idx", "\0\0\x08\1\0\0\0\3\7\0\xff", 11);
    char labels[] = "l.idx";
    for (int k = 0; k < 3; k++) {
        struct import_options o = {SOURCES(k == 1 ? "l.idx" : "x.idx", k == 1 ? "x.idx" : "l.idx")};
        if (k == 2) {
            o.n_sources = 1;
            o.label = labels;
        }
        struct imported r = import_good(o);
        assert_memory_equal(r.x, "ABCDEF", 6);
        assert_memory_equal(r.label, ((int64_t[]){7, 0, 255}), 3 * sizeof(int64_t));
        imported_free(&r);
    }
}

// Values of every type, in both byte orders and both storage orders, are those that NumPy means.
static void npy_of_every_type_and_order(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        int size;
        enum store_type type;
        bool is_signed;
    } rows[] = {{"b1", 1, STORE_U8, false}, {"u1", 1, STORE_U8, false}, {"i1", 1, STORE_I8, true},
        {"u2", 2, STORE_I32, false}, {"i2", 2, STORE_I16, true}, {"u4", 4, STORE_I64, false},
        {"i4", 4, STORE_I32, true}, {"i8", 8, STORE_I64, true}, {"f4", 4, STORE_F32, true}, {"f8", 8, STORE_F64, true}};
    enum { N = 5, J = 2, K = 3, COUNT = N * J * K };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] * 4; i++) {
        size_t row = i / 4;
        bool is_big = i & 1, is_fortran = i & 2;
        int size = rows[row].size;
        double expected[COUNT];
        char bytes[COUNT * 8], dictionary[128];
        for (int n = 0; n < N; n++)
            for (int j = 0; j < J; j++)
                for (int k = 0; k < K; k++) {
                    int v = (n * J + j) * K + k, at = is_fortran ? n + N * (j + J * k) : v;
                    expected[v] = row == 0              ? v % 2
                                  : rows[row].is_signed ? 7 - 3 * v
                                  : v == 29             ? pow(256, size) - 1
                                                        : 8 * v;
                    int64_t whole = (int64_t)expected[v];
                    float f4 = (float)expected[v];
                    const void *value = rows[row].code[0] != 'f' ? (const void *)&whole
                                        : size == 4              ? (const void *)&f4
                                                                 : (const void *)&expected[v];
                    if (is_big)
                        append_big_endian(bytes + at * size, value, size);
                    else
                        memcpy(bytes + at * size, value, (size_t)size);
                }
        snprintf(dictionary, sizeof dictionary, "{'descr': '%c%s', 'fortran_order': %s, 'shape': (5, 2, 3), }   \n",
            size == 1 ? '|'
            : is_big  ? '>'
                      : '<',
            rows[row].code, is_fortran ? "True" : "False");
        write_npy("x.npy", dictionary, bytes, (size_t)(COUNT * size));
        gzip_file("x.npy", "x.npy.gz", 1);
        for (int k = 0; k < 2; k++) {
            struct imported r = import_good((struct import_options){SOURCES(k ? "x.npy.gz" : "x.npy")});
            assert_int_equal(r.shape.type, rows[row].type);
            assert_int_equal(r.shape.rank, 3);
            assert_memory_equal(r.values, expected, sizeof expected);
            imported_free(&r);
        }
    }
}

// Blocks of rows of a large array in Fortran order, larger than one of them.
static void large_fortran_array(void **state)
{
    (void)state;
    enum { ROWS = 1200000, COLUMNS = 4 };
    double *values = mem_new(ROWS * COLUMNS, sizeof *values);
    for (int c = 0; c < COLUMNS; c++)
        for (int r = 0; r < ROWS; r++)
            values[c * ROWS + r] = r * COLUMNS + c;
    write_npy("x.npy", "{'descr': '<f8', 'fortran_order': True, 'shape': (1200000, 4), }\n", values,
        ROWS * COLUMNS * sizeof *values);
    free(values);
    struct imported r = import_good((struct import_options){SOURCES("x.npy")});
    int64_t wrong = 0;
    for (int64_t i = 0; i < r.n; i++)
        wrong += r.values[i] != (double)i;
    assert_int_equal(wrong, 0);
    imported_free(&r);
}

struct member {
    const char *name, *dictionary;
    const void *values;
    size_t n;
};

static void write_npz(const char *path, const struct member *members, int n, int method)
{
    unlink(path);
    zip_t *z = zip_open(path, ZIP_CREATE, NULL);
    for (int i = 0; i < n; i++) {
        char *file = mem_format("%s", members[i].name);
        write_npy(file, members[i].dictionary, members[i].values, members[i].n);
        zip_int64_t at = zip_file_add(z, file, zip_source_file(z, file, 0, -1), 0);
        zip_set_file_compression(z, (zip_uint64_t)at, method, 0);
        free(file);
    }
    assert_int_equal(zip_close(z), 0);
}

static const double table[] = {1, 2, 3, 4, 5, 6};
static const struct member member_x = {
    "X.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }\n", table, 48};
static const struct member member_y = {
    "y.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }\n", table, 24};
static const struct member member_z = {
    "z.npy", "{'descr': '<f8', 'fortran_order': True, 'shape': (3, 2), }\n", table, 48};
static const struct member member_1 = {
    "one.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1), }\n", table, 24};
static const struct member member_o = {
    "o.npy", "{'descr': '|O', 'fortran_order': False, 'shape': (3, 2), }\n", table, 48};
static const struct member member_lie = {
    "X.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (3, 3), }\n", table, 48};
static const struct member member_few = {
    "y.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", table, 16};

static void npz_choice_of_arrays(void **state)
{
    (void)state;
    const struct { // clang takes no members of other constants into a static one
        struct member members[3];
        int n;
        char *x, *label;
        bool has_label, is_fortran;
    } rows[] = {
        {{member_x, member_y}, 2, NULL, NULL, true, false}, {{member_y, member_x}, 2, NULL, NULL, true, false},
        {{member_x}, 1, NULL, NULL, false, false}, {{member_z, member_y}, 2, NULL, NULL, true, true}, // the only table
        {{member_x, member_z}, 2, "z", NULL, false, true}, {{member_x, member_1}, 2, NULL, "one", true, false},
        {{member_o, member_x, member_y}, 3, NULL, NULL, true, false}, // objects elsewhere are no harm
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] * 2; i++) {
        size_t k = i / 2;
        write_npz("x.npz", rows[k].members, rows[k].n, i & 1 ? ZIP_CM_STORE : ZIP_CM_DEFLATE);
        struct imported r =
            import_good((struct import_options){SOURCES("x.npz"), .x = rows[k].x, .label = rows[k].label});
        static const double fortran[] = {1, 4, 2, 5, 3, 6};
        assert_memory_equal(r.values, rows[k].is_fortran ? fortran : table, sizeof table);
        assert_int_equal(r.label != NULL, rows[k].has_label);
        if (r.label)
            assert_memory_equal(r.label, ((int64_t[]){1, 2, 3}), 3 * sizeof(int64_t));
        imported_free(&r);
    }
}

static void npz_refused(void **state)
{
    (void)state;
    const struct {
        struct member members[2];
        int n;
        char *x, *label;
        const char *message;
    } rows[] = {
        {{member_o}, 1, "o", NULL, "x.npz:o: found an array of objects"},
        {{member_x, member_o}, 2, NULL, "o", "x.npz:o: found an array of objects"},
        {{member_lie}, 1, NULL, NULL, "x.npz:X: its header promises 72 bytes of values, but 48 follow"},
        {{member_x, member_few}, 2, NULL, NULL, "x.npz:y: found 2 labels for 3 rows"},
        {{member_x, member_z}, 2, NULL, "z", "x.npz:z: found 2 labels per row"},
        {{member_x}, 1, "Q", NULL, "--x: found 'Q', allowed: X"},
        {{member_x}, 1, NULL, "Q", "--label: found 'Q', allowed: X"},
        {{member_z, member_1}, 2, NULL, NULL, "which array holds the data? Say --x NAME, one of: z, one"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_npz("x.npz", rows[i].members, rows[i].n, ZIP_CM_DEFLATE);
        import_bad((struct import_options){SOURCES("x.npz"), .x = rows[i].x, .label = rows[i].label}, ERR_DATA,
            rows[i].message);
    }
    // the only array is taken, and is one of labels
    write_npz("x.npz", &member_y, 1, ZIP_CM_DEFLATE);
    import_bad((struct import_options){SOURCES("x.npz")}, ERR_USAGE, "found one value per row and no names: labels?");
}

// One changed byte of the values: the archive's checksum shows it.
static void npz_with_a_wrong_checksum(void **state)
{
    (void)state;
    write_npz("x.npz", &member_x, 1, ZIP_CM_STORE);
    write_npz("f.npz", &member_z, 1, ZIP_CM_STORE); // Fortran order goes through a copy
    const char *const files[] = {"x.npz", "f.npz"};
    for (int k = 0; k < 2; k++) {
        FILE *f = fopen(files[k], "r+b");
        char bytes[400];
        size_t n = fread(bytes, 1, sizeof bytes, f);
        char *at = memmem(bytes, n, table, sizeof table);
        assert_non_null(at);
        fseek(f, at - bytes + 1, SEEK_SET);
        fputc(1, f);
        fclose(f);
        import_bad((struct import_options){SOURCES(files[k])}, ERR_DATA, "damaged zip data");
    }
}

static void foreign_hdf5(void **state)
{
    (void)state;
    struct err e = {0};
    struct store_file *f = store_create("foreign.h5", "something-else", &e);
    static const int16_t x[] = {1, -2, 3, -4, 5, -6};
    static const double y[] = {4, 5, 6}, half[] = {4, 5.5, NAN};
    const struct store_shape shape = {.type = STORE_I16, .rank = 2, .dims = {3, 2}},
                             flat = {.type = STORE_F64, .rank = 1, .dims = {3}},
                             none = {.type = STORE_F64, .rank = 2, .dims = {0, 3}};
    assert_int_equal(store_write(f, "deep/down/x", &shape, x, NULL, &e), 0);
    assert_int_equal(store_write(f, "y", &flat, y, NULL, &e), 0);
    assert_int_equal(store_write(f, "half", &flat, half, NULL, &e), 0);
    assert_int_equal(store_write(f, "none", &none, NULL, NULL, &e), 0);
    assert_int_equal(store_commit(&f, &e), 0);
    struct imported r = import_good((struct import_options){SOURCES("foreign.h5:/deep/down/x", "foreign.h5:/y")});
    assert_int_equal(r.shape.type, STORE_I16);
    assert_memory_equal(r.x, x, sizeof x);
    assert_memory_equal(r.label, ((int64_t[]){4, 5, 6}), 3 * sizeof(int64_t));
    assert_string_equal(r.features[1], "feature_2");
    imported_free(&r);
    const struct import_options halves = {SOURCES("foreign.h5:/deep/down/x"), .label = (char[]){"/half"}};
    import_bad(halves, ERR_DATA, "row 1: label: found 5.5, allowed: an integer");
    import_bad(halves, ERR_DATA, "row 2: label: found a missing value");
    import_bad((struct import_options){SOURCES("foreign.h5:/none")}, ERR_DATA, "the data are empty");
}

// Splits of one file come and go without touching each other.
static void splits_live_side_by_side(void **state)
{
    (void)state;
    static const char *const outputs[] = {"s.h5:train", "s.h5:test", "s.h5:train"};
    for (int i = 0; i < 3; i++) {
        struct import_summary s;
        struct err e = {0};
        write_text("x.csv", i == 0 ? "a\n1\n2\n" : i == 1 ? "a,b\n3,4\n" : "a\n5\n6\n7\n");
        struct import_options o = {SOURCES("x.csv"), .output = (char *)outputs[i]};
        if (i == 2) {
            assert_int_equal(import_run(&o, &s, &e), -1);
            assert_int_equal(e.kind, ERR_USAGE);
            e = (struct err){0};
            o.force = true;
        }
        assert_int_equal(import_run(&o, &s, &e), 0);
        import_summary_free(&s);
    }
    struct imported train = read_back("s.h5", "train"), test = read_back("s.h5", "test");
    assert_memory_equal(train.values, ((double[]){5, 6, 7}), 3 * sizeof(double));
    assert_memory_equal(test.values, ((double[]){3, 4}), 2 * sizeof(double));
    assert_string_equal(test.features[1], "b");
    imported_free(&train);
    imported_free(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idx_of_every_type),
        cmocka_unit_test(idx_labels_in_either_order),
        cmocka_unit_test(npy_of_every_type_and_order),
        cmocka_unit_test(large_fortran_array),
        cmocka_unit_test(npz_choice_of_arrays),
        cmocka_unit_test(npz_refused),
        cmocka_unit_test(npz_with_a_wrong_checksum),
        cmocka_unit_test(foreign_hdf5),
        cmocka_unit_test(splits_live_side_by_side),
    };
    return cmocka_run_group_tests(tests, setup_folder, teardown_folder);
}
