// PNG through libpng's simplified interface, JPEG through libjpeg, whose errors come back by longjmp.
#include "data/image_file.h"

#include "base/input.h"
#include "base/mem.h"
#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { SIDE_MAX = 1 << 15, PIXELS_MAX = 1 << 27 };
static const unsigned char png_magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
static const unsigned char jpeg_magic[] = {0xff, 0xd8, 0xff};

bool image_recognise(const unsigned char *head, size_t n)
{
    return (n >= sizeof png_magic && memcmp(head, png_magic, sizeof png_magic) == 0) ||
           (n >= sizeof jpeg_magic && memcmp(head, jpeg_magic, sizeof jpeg_magic) == 0);
}

void image_free(struct image *i)
{
    free(i->rgb);
    i->rgb = NULL;
}

static int check_size(const char *path, size_t height, size_t width, struct err *e)
{
    if (height >= 1 && width >= 1 && height <= SIDE_MAX && width <= SIDE_MAX && height * width <= PIXELS_MAX)
        return 0;
    return err_add(e, ERR_DATA, "%s: found a picture of %zu x %zu pixels, allowed: sides up to %d, %d pixels in all",
        path, height, width, SIDE_MAX, PIXELS_MAX);
}

static int make_room(const char *path, struct image *out, struct err *e)
{
    out->rgb = mem_array((size_t)out->height * (size_t)out->width, 3, path, e);
    return out->rgb ? 0 : -1;
}

// --- PNG

static int read_png(FILE *in, const char *path, bool whole, struct image *out, struct err *e)
{
    png_image png = {.version = PNG_IMAGE_VERSION};
    const png_color black = {0, 0, 0};
    if (!png_image_begin_read_from_stdio(&png, in))
        return err_add(e, ERR_DATA, "%s: no good PNG: %s", path, png.message);
    *out = (struct image){(int)png.height, (int)png.width, (png.format & PNG_FORMAT_FLAG_COLOR) != 0, NULL};
    int failed = check_size(path, png.height, png.width, e);
    png.format = PNG_FORMAT_RGB;
    if (!failed && whole)
        failed = make_room(path, out, e);
    if (!failed && whole && !png_image_finish_read(&png, &black, out->rgb, 0, NULL))
        failed = err_add(e, ERR_DATA, "%s: no good PNG: %s", path, png.message);
    png_image_free(&png);
    return failed;
}

// --- JPEG

struct jpeg_trouble {
    struct jpeg_error_mgr manager; // first: libjpeg knows no more of it
    jmp_buf back;
};

static void leave(j_common_ptr jpeg)
{
    longjmp(((struct jpeg_trouble *)(void *)jpeg->err)->back, 1);
}

static void keep_quiet(j_common_ptr jpeg)
{
    (void)jpeg;
}

static int jpeg_rows(struct jpeg_decompress_struct *jpeg, struct image *out)
{
    jpeg->out_color_space = JCS_RGB;
    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = out->rgb + (size_t)jpeg->output_scanline * (size_t)out->width * 3;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
    return jpeg->err->num_warnings > 0 ? -1 : 0;
}

// A damaged picture, of which libjpeg would show what it has, is refused.
static int read_jpeg(FILE *in, const char *path, bool whole, struct image *out, struct err *e)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_trouble trouble;
    char message[JMSG_LENGTH_MAX] = "";
    volatile int failed = 0;
    jpeg.err = jpeg_std_error(&trouble.manager);
    trouble.manager.error_exit = leave;
    trouble.manager.output_message = keep_quiet;
    if (setjmp(trouble.back) == 0) {
        jpeg_create_decompress(&jpeg);
        jpeg_stdio_src(&jpeg, in);
        jpeg_read_header(&jpeg, TRUE);
        *out = (struct image){(int)jpeg.image_height, (int)jpeg.image_width, jpeg.num_components > 1, NULL};
        failed = check_size(path, jpeg.image_height, jpeg.image_width, e);
        if (!failed && whole)
            failed = make_room(path, out, e);
        if (!failed && whole && jpeg_rows(&jpeg, out) != 0)
            longjmp(trouble.back, 1);
    } else {
        trouble.manager.format_message((j_common_ptr)&jpeg, message);
        failed = err_add(e, ERR_DATA, "%s: no good JPEG: %s", path, message);
    }
    jpeg_destroy_decompress(&jpeg);
    return failed;
}

// --- either

static int read_file(const char *path, bool whole, struct image *out, struct err *e)
{
    unsigned char head[sizeof png_magic];
    const char *why;
    FILE *in = input_stream(path, &why);
    *out = (struct image){0};
    if (!in)
        return err_add(e, ERR_DATA, "%s: %s", path, why);
    size_t n = fread(head, 1, sizeof head, in);
    int failed;
    rewind(in);
    if (!image_recognise(head, n))
        failed = err_add(e, ERR_DATA, "%s: neither a PNG nor a JPEG file, whatever its name says", path);
    else if (head[0] == png_magic[0])
        failed = read_png(in, path, whole, out, e);
    else
        failed = read_jpeg(in, path, whole, out, e);
    fclose(in);
    if (failed)
        image_free(out);
    return failed;
}

int image_head(const char *path, struct image *out, struct err *e)
{
    return read_file(path, false, out, e);
}

int image_read(const char *path, struct image *out, struct err *e)
{
    return read_file(path, true, out, e);
}

// --- size

// One line: `to` values at a distance of to_step from `from` values at one of from_step.
static void resample_line(int from, const float *x, size_t from_step, int to, float *y, size_t to_step)
{
    double scale = (double)from / to, reach = scale > 1 ? scale : 1;
    for (int i = 0; i < to; i++) {
        double middle = (i + 0.5) * scale, sum = 0, weights = 0;
        int first = middle - reach > 0 ? (int)(middle - reach) : 0;
        for (int k = first; k < from && k < middle + reach; k++) {
            double distance = (k + 0.5 - middle) / reach, weight = 1 - (distance < 0 ? -distance : distance);
            sum += weight > 0 ? weight * (double)x[(size_t)k * from_step] : 0;
            weights += weight > 0 ? weight : 0;
        }
        y[(size_t)i * to_step] = (float)(sum / weights);
    }
}

static void copy_channels(const struct image *i, int channels, float *out)
{
    size_t n = (size_t)i->height * (size_t)i->width;
    for (size_t k = 0; k < n; k++) {
        const unsigned char *p = i->rgb + 3 * k;
        if (channels == 1) // luminance as JPEG has it
            out[k] = (float)(0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]);
        for (int c = 0; channels == 3 && c < 3; c++)
            out[3 * k + (size_t)c] = p[c];
    }
}

void image_resample(const struct image *i, int height, int width, int channels, unsigned char *out)
{
    size_t C = (size_t)channels, H = (size_t)i->height, W = (size_t)i->width, w = (size_t)width, h = (size_t)height;
    float *all = mem_new(H * W * C, sizeof *all), *wide = mem_new(H * w * C, sizeof *wide);
    float *done = mem_new(h * w * C, sizeof *done);
    copy_channels(i, channels, all);
    for (size_t y = 0; y < H; y++)
        for (size_t c = 0; c < C; c++)
            resample_line(i->width, all + y * W * C + c, C, width, wide + y * w * C + c, C);
    for (size_t x = 0; x < w * C; x++)
        resample_line(i->height, wide + x, w * C, height, done + x, w * C);
    for (size_t k = 0; k < h * w * C; k++)
        out[k] = (unsigned char)(done[k] + 0.5f);
    free(all);
    free(wide);
    free(done);
}
