// Picture files: which decoder a file needs, and pictures turned as their EXIF orientation says.
#include "import/image_impl.h"

#include "base/input.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

enum { SIDE_MAX = 1 << 15, PIXELS_MAX = 1 << 27 };
static const unsigned char png_magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
static const unsigned char jpeg_magic[] = {0xff, 0xd8, 0xff};

bool image_recognise(const unsigned char *head, size_t n)
{
    return (n >= sizeof png_magic && memcmp(head, png_magic, sizeof png_magic) == 0) ||
           (n >= sizeof jpeg_magic && memcmp(head, jpeg_magic, sizeof jpeg_magic) == 0);
}

void image_free(struct stored_image *i)
{
    free(i->values);
    i->values = NULL;
}

int image_check_size(const char *path, size_t height, size_t width, struct err *e)
{
    if (height >= 1 && width >= 1 && height <= SIDE_MAX && width <= SIDE_MAX && height * width <= PIXELS_MAX)
        return 0;
    return err_add(e, ERR_DATA, "%s: found a picture of %zu x %zu pixels, allowed: sides up to %d, %d pixels in all",
        path, height, width, SIDE_MAX, PIXELS_MAX);
}

void *image_values(const char *path, const struct stored_image *i, int channels, struct err *e)
{
    size_t bytes = (size_t)channels * (size_t)i->bits / 8;
    return mem_array((size_t)i->height * (size_t)i->width, bytes, path, e);
}

// --- orientation

// Orientations 5 to 8 exchange rows and columns.
static bool exchanges_sides(int orientation)
{
    return orientation >= 5;
}

// Where pixel (y, x) of the upright picture is in one of H x W pixels stored under this orientation.
static size_t stored_place(int orientation, size_t H, size_t W, size_t y, size_t x)
{
    switch (orientation) {
    case 2:
        return y * W + (W - 1 - x);
    case 3:
        return (H - 1 - y) * W + (W - 1 - x);
    case 4:
        return (H - 1 - y) * W + x;
    case 5:
        return x * W + y;
    case 6:
        return (H - 1 - x) * W + y;
    case 7:
        return (H - 1 - x) * W + (W - 1 - y);
    case 8:
        return x * W + (W - 1 - y);
    default:
        return y * W + x;
    }
}

static int turn_values(const char *path, struct stored_image *i, int orientation, struct err *e)
{
    size_t H = (size_t)i->height, W = (size_t)i->width, pixel = (size_t)(i->channels * i->bits / 8);
    size_t height = exchanges_sides(orientation) ? W : H, width = exchanges_sides(orientation) ? H : W;
    char *upright = image_values(path, i, i->channels, e);
    if (!upright)
        return -1;

    char *to = upright;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++, to += pixel)
            memcpy(to, (const char *)i->values + stored_place(orientation, H, W, y, x) * pixel, pixel);

    free(i->values);
    i->values = upright;

    return 0;
}

static int turn_upright(const char *path, struct stored_image *i, int orientation, struct err *e)
{
    if (i->values && orientation != 1 && turn_values(path, i, orientation, e) != 0)
        return -1;
    if (exchanges_sides(orientation)) {
        int height = i->height;
        i->height = i->width;
        i->width = height;
    }
    return 0;
}

// --- files

static int decode_image_file(FILE *in, const char *path, bool whole, struct stored_image *out, struct err *e)
{
    unsigned char head[sizeof png_magic];
    int orientation = 1;
    size_t n = fread(head, 1, sizeof head, in);

    rewind(in);

    if (n == 0)
        return err_add(e, ERR_DATA, "%s: the file is empty", path);
    if (!image_recognise(head, n))
        return err_add(e, ERR_DATA, "%s: neither a PNG nor a JPEG file, whatever its name says", path);
    bool is_png = head[0] == png_magic[0];
    int failed = (is_png ? png_decode : jpeg_decode)(in, path, whole, out, &orientation, e);
    return failed ? -1 : turn_upright(path, out, orientation, e);
}

static int read_image_file(const char *path, bool whole, struct stored_image *out, struct err *e)
{
    const char *why;
    FILE *in = input_stream(path, &why);

    *out = (struct stored_image){0};
    if (!in)
        return err_add(e, ERR_DATA, "%s: %s", path, why);

    int failed = decode_image_file(in, path, whole, out, e);
    fclose(in);
    if (failed)
        image_free(out);
    return failed;
}

int image_head(const char *path, struct stored_image *out, struct err *e)
{
    return read_image_file(path, false, out, e);
}

int image_read(const char *path, struct stored_image *out, struct err *e)
{
    return read_image_file(path, true, out, e);
}
