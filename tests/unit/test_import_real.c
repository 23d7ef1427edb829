// Real data: every byte of MNIST and Fashion-MNIST arrives, tables have the known numbers of rows and labels.
// links: import
#include "import_fixture.h"

#include "base/hash.h"

// XXH3 of what follows the headers of the unpacked files, by another program.
static const struct {
    const char *images, *labels;
    int64_t rows;
    uint64_t x, label;
} sets[] = {
    {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", 60000, 0xee3d62f55dfafffb, 0x37f227c8f4eaefa6},
    {"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", 10000, 0x6d9df6004ed35f23, 0x6df18589e2c6262f},
    {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", 60000, 0xc11b6543ae1530f3, 0x46e784b61aa2b893},
    {"t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", 10000, 0xacf1cd2c87a40a9b, 0xf3627f35e9cae75f},
};

static void check_images(const char *where, int set)
{
    char *images = mem_format("%s/%s", where, sets[set].images), *labels = mem_format("%s/%s", where, sets[set].labels);
    if (access(images, R_OK) != 0) {
        print_message("no %s: skipped\n", images);
        free(images);
        free(labels);
        skip();
    }
    struct imported r = import_good((struct import_options){SOURCES(images, labels)});
    assert_int_equal(r.shape.type, STORE_U8);
    assert_int_equal(r.shape.dims[0], sets[set].rows);
    assert_int_equal(r.shape.dims[1], 28);
    assert_int_equal(r.shape.dims[2], 28);
    assert_true(hash_bytes(r.x, (size_t)r.n) == sets[set].x);
    unsigned char *narrow = mem_new((size_t)sets[set].rows, 1);
    for (int64_t i = 0; i < sets[set].rows; i++)
        narrow[i] = (unsigned char)r.label[i];
    assert_true(hash_bytes(narrow, (size_t)sets[set].rows) == sets[set].label);
    free(narrow);
    imported_free(&r);
    free(images);
    free(labels);
}

// $HOURGLASS_DATA/NAME, or the test is skipped. New memory.
static char *data_file(const char *name)
{
    const char *where = getenv("HOURGLASS_DATA");
    char *path = mem_format("%s/%s", where ? where : "", name);
    if (where && access(path, R_OK) == 0)
        return path;
    print_message("no $HOURGLASS_DATA/%s: skipped\n", name);
    free(path);
    skip();
    return NULL;
}

static void mnist(void **state)
{
    (void)state;
    char *where = data_file("mnist");
    check_images(where, 0);
    check_images(where, 1);
    free(where);
}

static void fashion_mnist(void **state)
{
    (void)state;
    char *where = data_file("fashion-mnist");
    check_images(where, 2);
    check_images(where, 3);
    free(where);
}

static void fashion_mnist_of_the_package(void **state)
{
    (void)state;
    check_images("/usr/share/datasets/fashion-mnist", 2);
    check_images("/usr/share/datasets/fashion-mnist", 3);
}

static int64_t count_label(const struct imported *r, int64_t label)
{
    int64_t n = 0;
    for (int64_t i = 0; i < r->shape.dims[0]; i++)
        n += r->label[i] == label;
    return n;
}

static void cardiotocography_csv(void **state)
{
    (void)state;
    char *path = data_file("ctg/CTG_clean.csv");
    struct imported r = import_good((struct import_options){
        SOURCES(path), .label = (char[]){"NSP"}, .drop = (char[]){"A,B,C,D,E,AD,DE,LD,FS,SUSP,CLASS"}});
    assert_int_equal(r.shape.dims[0], 2126);
    assert_int_equal(r.shape.dims[1], 22);
    assert_string_equal(r.features[21], "Tendency");
    assert_int_equal(count_label(&r, 1), 1655);
    assert_int_equal(count_label(&r, 2), 295);
    assert_int_equal(count_label(&r, 3), 176);
    assert_true(r.values[4] == 73 && r.values[5] == 0.5);
    imported_free(&r);
    free(path);
}

static void ecg_in_both_spellings(void **state)
{
    (void)state;
    char *path = data_file("ecg5000/ECG5000_TRAIN.txt");
    struct imported r = import_good((struct import_options){SOURCES(path), .label = (char[]){"1"}});
    assert_int_equal(r.shape.dims[0], 500);
    assert_int_equal(r.shape.dims[1], 140);
    assert_int_equal(count_label(&r, 1), 292);
    assert_true(r.values[0] == -1.1252183e-01);
    imported_free(&r);
    free(path);
    path = data_file("ecg5000/ecg.csv");
    r = import_good((struct import_options){SOURCES(path), .label = (char[]){"141"}});
    assert_int_equal(r.shape.dims[0], 4998);
    assert_int_equal(r.shape.dims[1], 140);
    assert_int_equal(count_label(&r, 1), 2919);
    imported_free(&r);
    free(path);
}

static void adbench_archives(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t rows, columns, anomalies;
        enum store_type type;
    } rows[] = {{"18_Ionosphere", 351, 32, 126, STORE_F64}, {"30_satellite", 6435, 36, 2036, STORE_U8},
        {"32_shuttle", 49097, 9, 3511, STORE_I16}, {"6_cardio", 1831, 21, 176, STORE_F64}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "adbench/%s.npz", rows[i].name);
        char *path = data_file(name);
        struct imported r = import_good((struct import_options){SOURCES(path)});
        assert_int_equal(r.shape.type, rows[i].type);
        assert_int_equal(r.shape.dims[0], rows[i].rows);
        assert_int_equal(r.shape.dims[1], rows[i].columns);
        assert_int_equal(count_label(&r, 1), rows[i].anomalies);
        imported_free(&r);
        free(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mnist),
        cmocka_unit_test(fashion_mnist),
        cmocka_unit_test(fashion_mnist_of_the_package),
        cmocka_unit_test(cardiotocography_csv),
        cmocka_unit_test(ecg_in_both_spellings),
        cmocka_unit_test(adbench_archives),
    };
    return cmocka_run_group_tests(tests, setup_folder, teardown_folder);
}
