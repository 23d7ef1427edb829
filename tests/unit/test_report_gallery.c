// Galleries: what tiles show, pixel by pixel, and that the picture's file appears whole or not at all.
// links: report base PNG::PNG
#include "report/gallery.h"
#include "report/gallery_canvas.h"
#include "report/gallery_font.h"
#include "report/gallery_tile.h"
#include "report/mosaic.h"

#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const struct color WHITE = {255, 255, 255}, MAGENTA = {255, 0, 200};

static struct canvas canvas_of(int width, int height)
{
    struct canvas c;
    struct err e = {0};
    assert_int_equal(canvas_make(&c, width, height, (struct color){1, 2, 3}, &e), 0);
    return c;
}

static struct color at(const struct canvas *c, int x, int y)
{
    struct color color;
    memcpy(&color, c->rgb + 3 * (y * c->width + x), 3);
    return color;
}

#define assert_color(c, x, y, red, green, blue)                                                       \
    do {                                                                                              \
        struct color k_ = at(c, x, y);                                                                \
        if (k_.r != (red) || k_.g != (green) || k_.b != (blue))                                       \
            fail_msg("(%d, %d) is %d %d %d, not %d %d %d", x, y, k_.r, k_.g, k_.b, red, green, blue); \
    } while (0)

// A 28 x 28 image becomes 84 x 84: each value a block of 3 x 3, and nothing outside of the tile is touched.
static void test_gray_image(void **state)
{
    (void)state;
    const struct gallery_format f = {.height = 28, .width = 28, .channels = 1, .low = 0, .high = 255};
    float value[28 * 28];
    for (int i = 0; i < 28 * 28; i++)
        value[i] = (float)(i % 256);
    value[3 * 28 + 4] = 300;
    value[3 * 28 + 5] = -5;
    value[3 * 28 + 6] = NAN;
    struct canvas c = canvas_of(90, 90);
    tile_image(&c, 2, 3, &f, value);
    for (int y = 0; y < 84; y++) {
        for (int x = 0; x < 84; x++) {
            int i = y / 3 * 28 + x / 3, gray = i == 88 ? 255 : i == 89 ? 0 : i % 256;
            if (i != 90)
                assert_color(&c, x + 2, y + 3, gray, gray, gray);
        }
    }
    assert_color(&c, 2 + 18, 3 + 9, MAGENTA.r, MAGENTA.g, MAGENTA.b);
    assert_color(&c, 1, 3, 1, 2, 3);
    assert_color(&c, 2 + 84, 3, 1, 2, 3);
    assert_color(&c, 2, 3 + 84, 1, 2, 3);
    canvas_clear(&c);
}

static void test_rgb_image(void **state)
{
    (void)state;
    const struct gallery_format f = {.height = 1, .width = 2, .channels = 3, .low = -1, .high = 1};
    const float value[] = {-1, 0, 1, 1, -1, -1};
    struct tile_size s = tile_size_of(&f);
    assert_int_equal(s.width, 96);
    assert_int_equal(s.height, 48);
    struct canvas c = canvas_of(96, 48);
    tile_image(&c, 0, 0, &f, value);
    assert_color(&c, 47, 47, 0, 128, 255);
    assert_color(&c, 48, 0, 255, 0, 0);
    canvas_clear(&c);
}

// 385 x 200 is shrunk by 3 to 129 x 67 by averaging; the last column holds one value a row, not three.
static void test_large_image(void **state)
{
    (void)state;
    enum { H = 200, W = 385 };
    const struct gallery_format f = {.height = H, .width = W, .channels = 1, .low = 0, .high = 1};
    float *value = calloc(H * W, sizeof *value);
    for (int i = 0; i < H * W; i++)
        value[i] = i % W == W - 1 ? 1 : i % W % 3 == 0 ? 0.6f : 0;
    struct tile_size s = tile_size_of(&f);
    assert_int_equal(s.width, 129);
    assert_int_equal(s.height, 67);
    struct canvas c = canvas_of(s.width, s.height);
    tile_image(&c, 0, 0, &f, value);
    assert_color(&c, 0, 0, 51, 51, 51);
    assert_color(&c, 128, 66, 255, 255, 255);
    canvas_clear(&c);
    free(value);
}

// No difference is nearly black, the full range nearly white; brightness grows in between; signs do not matter.
static void test_difference(void **state)
{
    (void)state;
    enum { N = 8 };
    const struct gallery_format f = {.height = 1, .width = N, .channels = 1, .low = 0, .high = 2};
    float a[N], b[N];
    for (int i = 0; i < N; i++) {
        a[i] = i % 2 ? 2.0f * (float)i / (N - 1) : 0;
        b[i] = i % 2 ? 0 : 2.0f * (float)i / (N - 1);
    }
    struct canvas c = canvas_of(96, 12);
    tile_difference(&c, 0, 0, &f, a, b);
    assert_color(&c, 0, 0, 8, 8, 14);
    assert_color(&c, 95, 11, 255, 252, 212);
    for (int i = 1; i < N; i++) {
        struct color now = at(&c, 12 * i, 0), before = at(&c, 12 * i - 1, 0);
        assert_true(2 * now.r + 3 * now.g + now.b > 2 * before.r + 3 * before.g + before.b);
    }
    canvas_clear(&c);
}

// How dark (or blue) a column of a curve tile is, and where: the row of the darkest pixel.
static int darkest_row(const struct canvas *c, int x)
{
    int row = 0;
    for (int y = 1; y < c->height - 1; y++)
        if (at(c, x, y).r < at(c, x, row).r)
            row = y;
    return row;
}

// A rising input over a missing reconstruction: one curve from the lower left to the upper right, a gap at the NaN.
static void test_curves(void **state)
{
    (void)state;
    enum { N = 101 };
    const struct gallery_format f = {.width = N};
    float input[N], missing[N];
    for (int i = 0; i < N; i++) {
        input[i] = i >= 60 && i <= 70 ? NAN : 5 + (float)i;
        missing[i] = NAN;
    }
    struct canvas c = canvas_of(CURVE_WIDTH, CURVE_HEIGHT);
    tile_curves(&c, 0, 0, &f, input, missing);
    assert_in_range(darkest_row(&c, 7), CURVE_HEIGHT - 9, CURVE_HEIGHT - 6);
    assert_in_range(darkest_row(&c, CURVE_WIDTH / 4), CURVE_HEIGHT * 3 / 4 - 5, CURVE_HEIGHT * 3 / 4 + 3);
    assert_in_range(darkest_row(&c, CURVE_WIDTH - 8), 5, 8);
    for (int y = 1; y < CURVE_HEIGHT - 1; y++) // x of feature 65
        assert_color(&c, 6 + (CURVE_WIDTH - 13) * 65 / 100, y, WHITE.r, WHITE.g, WHITE.b);
    canvas_clear(&c);
}

// Between two flat curves the area is shaded, beyond them it is not; constants and single values do no harm.
static void test_area_and_limits(void **state)
{
    (void)state;
    struct gallery_format f = {.width = 2, .low = -1, .high = 1};
    const float half[] = {0.5f, 0.5f}, minus_half[] = {-0.5f, -0.5f}, wild[] = {INFINITY, -INFINITY};
    struct canvas c = canvas_of(CURVE_WIDTH, CURVE_HEIGHT);
    tile_curves(&c, 0, 0, &f, half, minus_half);
    struct color middle = at(&c, CURVE_WIDTH / 2, CURVE_HEIGHT / 2);
    assert_true(middle.r > middle.g + 20);
    assert_color(&c, CURVE_WIDTH / 2, 10, WHITE.r, WHITE.g, WHITE.b);
    assert_color(&c, CURVE_WIDTH / 2, CURVE_HEIGHT - 10, WHITE.r, WHITE.g, WHITE.b);
    f.low = f.high = 0;
    tile_curves(&c, 0, 0, &f, half, half);
    assert_in_range(darkest_row(&c, CURVE_WIDTH / 2), CURVE_HEIGHT / 2 - 2, CURVE_HEIGHT / 2 + 1);
    tile_curves(&c, 0, 0, &f, wild, wild);
    assert_color(&c, CURVE_WIDTH / 2, CURVE_HEIGHT / 2, WHITE.r, WHITE.g, WHITE.b);
    f.width = 4;
    const float ends[] = {INFINITY, 3, 3, -INFINITY};
    tile_curves(&c, 0, 0, &f, ends, ends);
    assert_in_range(darkest_row(&c, CURVE_WIDTH / 2), CURVE_HEIGHT / 2 - 2, CURVE_HEIGHT / 2 + 1);
    const float huge[] = {-3e38f, 3e38f};
    f.width = 2;
    tile_curves(&c, 0, 0, &f, huge, huge);
    assert_in_range(darkest_row(&c, CURVE_WIDTH / 2), CURVE_HEIGHT / 2 - 3, CURVE_HEIGHT / 2 + 2);
    f.width = 1;
    tile_curves(&c, 0, 0, &f, half, minus_half); // a dot above a dot
    assert_true(at(&c, CURVE_WIDTH / 2, 6).r < 100);
    assert_true(at(&c, CURVE_WIDTH / 2, CURVE_HEIGHT - 7).r < 100);
    canvas_clear(&c);
}

static void test_font(void **state)
{
    (void)state;
    static const unsigned char blank[FONT_HEIGHT];
    assert_memory_equal(font_glyph(' '), blank, FONT_HEIGHT);
    for (int a = '!'; a <= '~'; a++)
        for (int b = ' '; b < a; b++)
            assert_memory_not_equal(font_glyph((char)a), font_glyph((char)b), FONT_HEIGHT);
    assert_ptr_equal(font_glyph('\n'), font_glyph('?'));
    assert_ptr_equal(font_glyph((char)0xb1), font_glyph('?'));
}

static char folder[] = "/tmp/hourglass-gallery-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static struct canvas read_png(const char *path)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    assert_true(png_image_begin_read_from_file(&image, path));
    image.format = PNG_FORMAT_RGB;
    struct canvas c = canvas_of((int)image.width, (int)image.height);
    assert_true(png_image_finish_read(&image, NULL, c.rgb, 0, NULL));
    return c;
}

static struct gallery *digits(int samples)
{
    const struct gallery_format f = {.height = 28, .width = 28, .channels = 1};
    float input[28 * 28], reconstruction[28 * 28];
    for (int i = 0; i < 28 * 28; i++) {
        input[i] = 1;
        reconstruction[i] = 0.5f;
    }
    struct err e = {0};
    struct gallery *g = gallery_new(&f, "test");
    gallery_section(g, "most anomalous");
    for (int i = 0; i < samples; i++)
        assert_int_equal(gallery_add(g, input, reconstruction, "#1 0.0583 label 9", &e), 0);
    return g;
}

// The tiles lie side by side; five samples fill a row, the sixth begins another.
static void test_page(void **state)
{
    (void)state;
    char path[64];
    struct err e = {0};
    struct canvas page[7];
    snprintf(path, sizeof path, "%s/x.png", folder);
    for (int n = 5; n <= 6; n++) {
        struct gallery *g = digits(n);
        assert_int_equal(gallery_write(g, path, &e), 0); // the second time over the first
        gallery_free(&g);
        assert_null(g);
        page[n] = read_png(path);
    }
    assert_int_equal(page[5].width, page[6].width);
    assert_true(page[6].height > page[5].height + 84);
    int y = 0;
    while (at(&page[5], 30, y).r != 255)
        y++;
    assert_color(&page[5], 28 + 10, y + 10, 255, 255, 255);
    assert_color(&page[5], 28 + 84 + 4 + 10, y + 10, 128, 128, 128);
    struct color heat = at(&page[5], 28 + 2 * 88 + 10, y + 10);
    assert_true(heat.r > 200 && heat.b < 100);
    canvas_clear(&page[5]);
    canvas_clear(&page[6]);
    unlink(path);
}

static void test_empty_page(void **state)
{
    (void)state;
    char path[64];
    struct err e = {0};
    snprintf(path, sizeof path, "%s/x.png", folder);
    const struct gallery_format f = {.width = 22};
    struct gallery *g = gallery_new(&f, NULL);
    assert_int_equal(gallery_write(g, path, &e), 0);
    gallery_free(&g);
    gallery_free(&g);
    unlink(path);
}

static void test_too_many(void **state)
{
    (void)state;
    struct gallery *g = digits(GALLERY_SAMPLES_MAX);
    float value[28 * 28] = {0};
    struct err e = {0};
    assert_int_equal(gallery_add(g, value, value, "", &e), -1);
    assert_int_equal(e.kind, ERR_USAGE);
    gallery_free(&g);
}

// A picture that cannot be written is an error that names it, and leaves nothing behind.
static void test_unwritable(void **state)
{
    (void)state;
    char path[64];
    struct gallery *g = digits(1);
    struct err e = {0};
    snprintf(path, sizeof path, "%s/none/x.png", folder);
    assert_int_equal(gallery_write(g, path, &e), -1);
    assert_int_equal(e.kind, ERR_IO);
    assert_non_null(strstr(e.text, path));
    snprintf(path, sizeof path, "%s/taken", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(gallery_write(g, path, &e), -1); // the name of a folder: the rename fails
    assert_int_equal(e.count, 2);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0); // empty
    assert_int_equal(mkdir(folder, 0700), 0);
    gallery_free(&g);
}

// Five images of 2 x 3 in a mosaic of three columns: each value a block of 32 x 32, no gap between the images.
static void test_mosaic(void **state)
{
    (void)state;
    char path[64];
    struct err e = {0};
    float x[5 * 6];
    for (int i = 0; i < 30; i++)
        x[i] = i == 7 ? 300 : (float)(i * 8);
    struct mosaic m = {.rank = 2, .dims = (int[]){2, 3}, .count = 5, .high = 255};
    snprintf(path, sizeof path, "%s/mosaic.png", folder);
    assert_int_equal(mosaic_write(&m, x, path, &e), 0);
    struct canvas c = read_png(path);
    assert_int_equal(c.width, 2 * 14 + 3 * 96);
    assert_int_equal(c.height, 2 * 14 + 2 * 64);
    assert_color(&c, 13, 14, 250, 250, 251);
    assert_color(&c, 14, 14, 0, 0, 0);
    assert_color(&c, 14 + 95, 14 + 63, 40, 40, 40);        // last of image 0
    assert_color(&c, 14 + 96, 14, 48, 48, 48);             // first of image 1, next to it
    assert_color(&c, 14 + 96 + 32, 14, 255, 255, 255);     // beyond the range
    assert_color(&c, 14, 14 + 64, 144, 144, 144);          // first of image 3, below image 0
    assert_color(&c, 14 + 2 * 96, 14 + 64, 250, 250, 251); // where a sixth would be
    canvas_clear(&c);
    m.columns = 5;
    m.high = 0; // the values' own range, 0 to 300
    assert_int_equal(mosaic_write(&m, x, path, &e), 0);
    c = read_png(path);
    assert_int_equal(c.width, 2 * 14 + 5 * 96);
    assert_int_equal(c.height, 2 * 14 + 64);
    assert_color(&c, 14 + 96, 14, 41, 41, 41); // 48 of 300
    canvas_clear(&c);
    unlink(path);
}

static void test_mosaic_limits(void **state)
{
    (void)state;
    struct err e = {0};
    assert_int_equal(mosaic_check(2, (int[]){28, 28}, 14000, &e), 0);
    assert_int_equal(mosaic_check(2, (int[]){28, 28}, 15000, &e), -1);
    assert_non_null(strstr(e.text, "--png: found 15000 samples, allowed: at most 14860 of this shape"));
    assert_int_equal(gallery_format_of(3, (int[]){4, 5, 3}).channels, 3);
    assert_int_equal(gallery_format_of(3, (int[]){4, 5, 2}).height, 0); // no image
    assert_int_equal(gallery_format_of(3, (int[]){4, 5, 2}).width, 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gray_image),
        cmocka_unit_test(test_rgb_image),
        cmocka_unit_test(test_large_image),
        cmocka_unit_test(test_difference),
        cmocka_unit_test(test_curves),
        cmocka_unit_test(test_area_and_limits),
        cmocka_unit_test(test_font),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_empty_page),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_mosaic),
        cmocka_unit_test(test_mosaic_limits),
        cmocka_unit_test(test_unwritable),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
