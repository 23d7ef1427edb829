// Chooses the decoder of a picture file and turns the picture upright by its EXIF orientation.
#include "import/image_impl.h"

#include "base/err.h"
#include "base/input.h"
#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

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

// --- orientation

// Returns true if the orientation exchanges rows and columns.
static bool exchanges_sides(int orientation)
{
    return orientation >= 5;
}

// Returns where pixel (y, x) of the upright picture is stored: its index among the H x W pixels of the file, which have
// this orientation.
static size_t stored_place(int orientation, size_t H, size_t W, size_t y, size_t x)
{
    static const bool flips_rows[] = {[3] = true, [4] = true, [6] = true, [7] = true, [8] = false};
    static const bool flips_columns[] = {[2] = true, [3] = true, [7] = true, [8] = true};
    bool is_exchanged = exchanges_sides(orientation);
    size_t row = is_exchanged ? x : y;
    size_t column = is_exchanged ? y : x;

    row = flips_rows[orientation] ? H - 1 - row : row;
    column = flips_columns[orientation] ? W - 1 - column : column;
    return row * W + column;
}

static int turn_values(const char *path, struct stored_image *i, int orientation, struct err *e)
{
    size_t H = (size_t)i->height, W = (size_t)i->width, pixel = (size_t)(i->channels * i->bits / 8);
    bool is_exchanged = exchanges_sides(orientation);
    size_t height = is_exchanged ? W : H;
    size_t width = is_exchanged ? H : W;
    char *upright = image_values(path, i, i->channels, e);
    if (!upright)
        return -1;

    ASSERT(i->values && orientation >= 1 && orientation <= 8, "orientation %d", orientation);
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

// Chooses the decoder by the first bytes, decodes the picture and turns it upright.
static int decode_image_file(const struct image_request *q, struct stored_image *out, struct err *e)
{
    unsigned char head[sizeof png_magic];
    int orientation = 1;
    size_t n = fread(head, 1, sizeof head, q->in);
    rewind(q->in);

    if (n == 0)
        return err_add(e, ERR_DATA, "%s: the file is empty", q->path);
    if (!image_recognise(head, n))
        return err_add(e, ERR_DATA, "%s: neither a PNG nor a JPEG file, whatever its name says", q->path);

    bool is_png = head[0] == png_magic[0];
    if ((is_png ? png_decode : jpeg_decode)(q, out, &orientation, e) < 0)
        return -1;
    return turn_upright(q->path, out, orientation, e);
}

static int read_image_file(const char *path, bool is_whole, struct stored_image *out, struct err *e)
{
    const char *why;
    struct image_request q = {.in = input_stream(path, &why), .path = path, .is_whole = is_whole};

    *out = (struct stored_image){0};
    if (!q.in)
        return err_add(e, ERR_DATA, "%s: %s", path, why);

    int rc = decode_image_file(&q, out, e);
    fclose(q.in);
    if (rc < 0)
        image_free(out);
    return rc;
}

int image_head(const char *path, struct stored_image *out, struct err *e)
{
    return read_image_file(path, false, out, e);
}

int image_read(const char *path, struct stored_image *out, struct err *e)
{
    return read_image_file(path, true, out, e);
}
