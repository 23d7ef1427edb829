// Decodes PNG with the ordinary interface of libpng, which reports errors by longjmp. The simplified interface would
// apply gamma curves to 16-bit, interlaced and transparent pictures.
#include "import/image_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include "import/exif.h"
#include <endian.h>
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAGIC_BYTES = 8, CHUNK_BYTES_MAX = 1 << 16 };

struct png_decoder {
    png_structp png;
    png_infop info;
    unsigned char *rgba; // (height, width, 1 to 4): decoded values, owned
    png_bytep *rows;     // (height) into rgba, owned
    int channels;        // channels of `rgba`
    char message[IMAGE_MESSAGE_BYTES];
};

static _Noreturn void on_png_error(png_structp png, png_const_charp message)
{
    struct png_decoder *d = png_get_error_ptr(png);
    snprintf(d->message, sizeof d->message, "%s", message);
    png_longjmp(png, 1);
}

static void ignore_png_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

// --- what libpng does not report

static bool read_chunk_head(FILE *in, uint32_t *length, char name[5])
{
    unsigned char head[8];
    if (fread(head, 1, sizeof head, in) != sizeof head)
        return false;

    *length = png_get_uint_32(head);
    memcpy(name, head + 4, 4);
    name[4] = 0;
    return *length <= PNG_UINT_31_MAX;
}

static int read_orientation(FILE *in, uint32_t length)
{
    if (length > CHUNK_BYTES_MAX)
        return 1;

    unsigned char *bytes = mem_new(length + 1, 1);
    int orientation = fread(bytes, 1, length, in) == length ? exif_orientation(bytes, length) : 1;
    free(bytes);
    return orientation;
}

// Finds the orientation in EXIF data, and whether the picture is animated. libpng would decode all values first,
// because EXIF data may follow them. Leaves the stream at the first byte of the file.
static void scan_chunks(FILE *in, struct stored_image *out, int *orientation)
{
    uint32_t length;
    char name[5];
    long at = MAGIC_BYTES;

    while (fseek(in, at, SEEK_SET) == 0 && read_chunk_head(in, &length, name) && strcmp(name, "IEND") != 0) {
        if (strcmp(name, "eXIf") == 0)
            *orientation = read_orientation(in, length);
        else if (strcmp(name, "acTL") == 0)
            out->is_animated = true;
        at += 12 + (long)length; // length, name and checksum are 4 bytes each
    }

    rewind(in);
}

// --- values

static void read_png_head(struct png_decoder *d, struct stored_image *out)
{
    png_read_info(d->png, d->info);
    out->height = (int)png_get_image_height(d->png, d->info);
    out->width = (int)png_get_image_width(d->png, d->info);
    out->channels = png_get_color_type(d->png, d->info) & PNG_COLOR_MASK_COLOR ? 3 : 1;
    out->bits = png_get_bit_depth(d->png, d->info) == 16 ? 16 : 8;
}

// Refuses a picture with more pixels than the file can hold: deflate packs at most 1032 bytes into one. Without this
// check, a file of 60 bytes could make us allocate 800 MB.
static int check_png_length(
    struct png_decoder *d, FILE *in, const char *path, const struct stored_image *out, struct err *e)
{
    enum { PACKED_MOST = 1032 };
    struct stat info;
    size_t bytes = png_get_rowbytes(d->png, d->info) * (size_t)out->height;

    if (fstat(fileno(in), &info) != 0 || bytes / PACKED_MOST <= (size_t)info.st_size)
        return 0;
    return err_add(e, ERR_DATA, "%s: no good PNG: %lld bytes cannot hold %d x %d pixels: is it truncated?", path,
        (long long)info.st_size, out->height, out->width);
}

// Makes libpng convert palettes to colors, spread fewer than 8 bits over 0 to 255, and turn a transparent color into
// alpha.
static void set_png_conversions(struct png_decoder *d)
{
    png_set_expand(d->png);
    if (__BYTE_ORDER == __LITTLE_ENDIAN && png_get_bit_depth(d->png, d->info) == 16)
        png_set_swap(d->png);
    png_set_interlace_handling(d->png);
    png_read_update_info(d->png, d->info);
    d->channels = png_get_channels(d->png, d->info);
}

// Composes rgba (n, channels and alpha) on black, in place, which gives rgb (n, channels). `of` is the largest value.
#define DEFINE_COMPOSE(NAME, TYPE, WIDE)                                            \
    static void NAME(TYPE *values, size_t n, size_t channels, WIDE of)              \
    {                                                                               \
        for (size_t i = 0; i < n; i++) {                                            \
            const TYPE *from = values + i * (channels + 1);                         \
            WIDE alpha = from[channels];                                            \
            for (size_t c = 0; c < channels; c++)                                   \
                values[i * channels + c] = (TYPE)((from[c] * alpha + of / 2) / of); \
        }                                                                           \
    }
DEFINE_COMPOSE(compose_8, uint8_t, uint32_t)
DEFINE_COMPOSE(compose_16, uint16_t, uint64_t)

static void compose_alpha(struct png_decoder *d, const struct stored_image *i)
{
    size_t n = (size_t)i->height * (size_t)i->width, channels = (size_t)i->channels;
    if (d->channels == i->channels)
        return;
    if (i->bits == 8)
        compose_8(d->rgba, n, channels, UINT8_MAX);
    else
        compose_16((uint16_t *)(void *)d->rgba, n, channels, UINT16_MAX);
}

static int read_png_values(struct png_decoder *d, const char *path, struct stored_image *out, struct err *e)
{
    set_png_conversions(d);
    if (d->channels != out->channels && d->channels != out->channels + 1)
        png_error(d->png, "an unexpected number of channels");

    d->rgba = image_values(path, out, d->channels, e);
    d->rows = mem_new((size_t)out->height, sizeof *d->rows);
    if (!d->rgba)
        return -1;

    for (size_t y = 0, bytes = png_get_rowbytes(d->png, d->info); y < (size_t)out->height; y++)
        d->rows[y] = d->rgba + y * bytes;
    ASSERT(png_get_rowbytes(d->png, d->info) == (size_t)out->width * (size_t)(d->channels * out->bits / 8),
        "%d channels", d->channels);
    png_read_image(d->png, d->rows);
    png_read_end(d->png, NULL);
    compose_alpha(d, out);
    out->values = d->rgba;
    d->rgba = NULL;
    return 0;
}

// Contains all calls that can jump back by longjmp. `d` belongs to the caller, because a jump would lose local
// variables.
static int png_decode_or_jump(
    struct png_decoder *d, const struct image_request *q, struct stored_image *out, struct err *e)
{
    if (setjmp(png_jmpbuf(d->png)))
        return err_add(e, ERR_DATA, "%s: no good PNG: %s", q->path, d->message);

    png_init_io(d->png, q->in);
    png_set_user_limits(d->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); // we check limits with better messages
    read_png_head(d, out);
    if (image_check_size(q->path, (size_t)out->height, (size_t)out->width, e) < 0)
        return -1;
    if (check_png_length(d, q->in, q->path, out, e) < 0)
        return -1;
    return q->is_whole ? read_png_values(d, q->path, out, e) : 0;
}

int png_decode(const struct image_request *q, struct stored_image *out, int *orientation, struct err *e)
{
    struct png_decoder d = {0};

    scan_chunks(q->in, out, orientation);
    d.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &d, on_png_error, ignore_png_warning);
    d.info = d.png ? png_create_info_struct(d.png) : NULL;
    int rc = d.info ? png_decode_or_jump(&d, q, out, e)
                    : err_add(e, ERR_SYSTEM, "%s: no memory for libpng's decoder", q->path);

    png_destroy_read_struct(&d.png, &d.info, NULL);
    free(d.rows);
    free(d.rgba);
    return rc;
}
