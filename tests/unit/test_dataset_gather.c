// Gathering of batches: every loop against plain arithmetic, and real images end to end.
// links: data ZLIB::ZLIB
#include "data/gather.h"
#include "dataset_fixture.h"

#include "base/clock.h"
#include "base/random.h"
#include <zlib.h>

enum { ROWS = 37, COLUMNS = 101, BATCH = 64 }; // neither a multiple of a vector's length

// A data set by hand; `values` (ROWS, COLUMNS) of `type`.
static struct dataset by_hand(enum dataset_type type, const void *values, float *shift, float *factor)
{
    static const void *row[ROWS];
    size_t bytes = COLUMNS * (type == DATASET_U8 ? 1 : sizeof(float));
    for (int i = 0; i < ROWS; i++)
        row[i] = (const char *)values + (size_t)i * bytes;
    return (struct dataset){
        .rows = ROWS, .columns = COLUMNS, .type = type, .row = row, .shift = shift, .factor = factor};
}

static void gathers_as_plain_arithmetic_does(void **state)
{
    (void)state;
    static uint8_t u8[ROWS * COLUMNS];
    static float f32[ROWS * COLUMNS], shift[COLUMNS], factor[COLUMNS];
    static real out[BATCH * COLUMNS];
    int32_t rows[BATCH];
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        u8[i] = (uint8_t)random_at(1, RANDOM_SAMPLE, 0, (uint64_t)i).v[0];
        f32[i] = random_unit(random_at(1, RANDOM_SAMPLE, 0, (uint64_t)i).v[1]) * 100 - 50;
    }
    for (int c = 0; c < COLUMNS; c++) {
        shift[c] = (float)c / 7;
        factor[c] = 1 / ((float)c + 3);
    }
    for (int i = 0; i < BATCH; i++)
        rows[i] = i * 11 % ROWS;
    for (int variant = 0; variant < 4; variant++) {
        bool is_u8 = variant & 1, is_scaled = variant & 2;
        struct dataset d = by_hand(is_u8 ? DATASET_U8 : DATASET_F32, is_u8 ? (void *)u8 : f32, is_scaled ? shift : NULL,
            is_scaled ? factor : NULL);
        dataset_gather(&d, rows, BATCH, out);
        for (int i = 0; i < BATCH * COLUMNS; i++) {
            int c = i % COLUMNS, from = rows[i / COLUMNS] * COLUMNS + c;
            float x = is_u8 ? u8[from] : f32[from], wanted = is_scaled ? (x - shift[c]) * factor[c] : x;
            if (out[i] != wanted)
                fail_msg("variant %d, value %d: %.9g, not %.9g", variant, i, out[i], wanted);
        }
    }
    out[0] = -1;
    struct dataset d = by_hand(DATASET_U8, u8, NULL, NULL);
    dataset_gather(&d, rows, 0, out);
    assert_true(out[0] == -1);
}

// --- MNIST

enum { IMAGES = 60000, PIXELS = 28 * 28 };

// The bytes of a gzip file behind its header of `skip` bytes; NULL: not there.
static uint8_t *unpack(const char *name, unsigned skip, unsigned size)
{
    const char *data = getenv("HOURGLASS_DATA");
    char path[1024];
    snprintf(path, sizeof path, "%s/mnist/%s", data ? data : "", name);
    gzFile f = data ? gzopen(path, "rb") : NULL;
    if (!f) {
        print_message("skipped: no %s (HOURGLASS_DATA)\n", path);
        return NULL;
    }
    uint8_t *bytes = mem_new(size, 1);
    assert_int_equal(gzread(f, bytes, skip), skip);
    assert_int_equal(gzread(f, bytes, size), size);
    gzclose(f);
    return bytes;
}

static void write_mnist(const uint8_t *images, const uint8_t *bytes)
{
    int64_t *label = mem_new(IMAGES, sizeof *label);
    for (int i = 0; i < IMAGES; i++)
        label[i] = bytes[i];
    const struct sample_split s = {"train", STORE_U8, 3, {IMAGES, 28, 28}, images, label, NULL, NULL, NULL};
    write_file("mnist.h5", &s, 1);
    free(label);
}

// Prints how long loading and an epoch of gathering take: figures for the log, too dependent on the machine to check.
static void epoch(const struct data_sets *s, double seconds_to_load)
{
    enum { B = 256 };
    static real out[B * PIXELS];
    int32_t *order = mem_new(IMAGES, sizeof *order);
    random_permutation(1, RANDOM_SHUFFLE, 0, 0, (int32_t)s->train.rows, order);
    dataset_gather(&s->train, order, B, out);
    double start = clock_wall();
    int64_t n = 0;
    for (; n + B <= s->train.rows; n += B)
        dataset_gather(&s->train, order + n, B, out);
    double seconds = clock_wall() - start;
    print_message("loaded in %.1f ms; gathered %.1f GB/s\n", 1e3 * seconds_to_load,
        1e-9 * (double)n * PIXELS * sizeof(real) / seconds);
    free(order);
}

static void real_images_come_through(void **state)
{
    (void)state;
    uint8_t *images = unpack("train-images-idx3-ubyte.gz", 16, IMAGES * PIXELS);
    uint8_t *labels = images ? unpack("train-labels-idx1-ubyte.gz", 8, IMAGES) : NULL;
    if (!labels) {
        free(images);
        skip();
    }
    write_mnist(images, labels);
    double start = clock_wall();
    struct data_sets s = load("  train: mnist.h5:train\n  scale: unit\n  normal: [0, 7]\n  test: mnist.h5:train\n");
    double seconds = clock_wall() - start;
    assert_int_equal(s.train.rows, 5923 + 6265); // zeros and sevens of MNIST
    assert_int_equal(s.train.shape_rank, 2);
    assert_null(s.train.values);
    static real out[PIXELS];
    for (int32_t i = 0; i < IMAGES; i += 97) {
        dataset_gather(&s.test[0], &i, 1, out);
        for (int c = 0; c < PIXELS; c++)
            assert_true(out[c] == (float)images[i * PIXELS + c] * (float)(1.0 / 255));
        assert_int_equal(s.test[0].label[i], labels[i]);
    }
    data_sets_free(&s);
    s = load("  train: mnist.h5:train\n  scale: standard\n");
    epoch(&s, seconds);
    data_sets_free(&s);
    free(images);
    free(labels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gathers_as_plain_arithmetic_does),
        cmocka_unit_test(real_images_come_through),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
