// Decodes JPEG with libjpeg, which reports errors by longjmp.
#include "import/image_impl.h"

#include "base/err.h"
#include "import/exif.h"
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { SCANS_MAX = 500, CMYK = 4, EXIF_MARKER = JPEG_APP0 + 1, EXIF_BYTES_MAX = 0xffff };

struct jpeg_decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    unsigned char *cmyk; // (width, 4): one row, owned; NULL: the picture is not CMYK
    const char *reason;  // our own reason of a failure; NULL: the last message of libjpeg is the reason
};

static _Noreturn void on_jpeg_error(j_common_ptr jpeg)
{
    longjmp(((struct jpeg_decoder *)jpeg->client_data)->back, 1);
}

static void ignore_jpeg_message(j_common_ptr jpeg)
{
    (void)jpeg;
}

// Refuses a file with more scans than cameras write. A small progressive file can have thousands of scans, each over
// all pixels.
static void limit_jpeg_scans(j_common_ptr jpeg)
{
    struct jpeg_decoder *d = jpeg->client_data;
    if (d->jpeg.input_scan_number <= SCANS_MAX)
        return;
    d->reason = "more than 500 scans";
    on_jpeg_error(jpeg);
}

// --- head

static int find_orientation(const struct jpeg_decompress_struct *jpeg)
{
    static const char signature[6] = "Exif\0";

    for (jpeg_saved_marker_ptr m = jpeg->marker_list; m; m = m->next)
        if (m->data_length > sizeof signature && memcmp(m->data, signature, sizeof signature) == 0)
            return exif_orientation(m->data + sizeof signature, m->data_length - sizeof signature);
    return 1;
}

static void read_jpeg_head(struct jpeg_decoder *d, FILE *in, struct stored_image *out, int *orientation)
{
    jpeg_stdio_src(&d->jpeg, in);
    jpeg_save_markers(&d->jpeg, EXIF_MARKER, EXIF_BYTES_MAX);
    jpeg_read_header(&d->jpeg, TRUE);

    *orientation = find_orientation(&d->jpeg);
    out->height = (int)d->jpeg.image_height;
    out->width = (int)d->jpeg.image_width;
    out->channels = d->jpeg.num_components > 1 ? 3 : 1;
    out->bits = 8;
}

// --- values

// Converts a row of CMYK. Adobe introduced the inverted form that is used here, in which 255 is no ink.
static void convert_cmyk(const unsigned char *cmyk, size_t width, unsigned char *rgb)
{
    for (size_t x = 0; x < width; x++, cmyk += CMYK, rgb += 3)
        for (int c = 0; c < 3; c++)
            rgb[c] = (unsigned char)((cmyk[c] * cmyk[3] + 127) / 255);
}

static void read_jpeg_row(struct jpeg_decoder *d, unsigned char *to, size_t width)
{
    JSAMPROW row = d->cmyk ? d->cmyk : to;
    jpeg_read_scanlines(&d->jpeg, &row, 1);
    if (d->cmyk)
        convert_cmyk(d->cmyk, width, to);
}

static J_COLOR_SPACE color_space(const struct jpeg_decompress_struct *jpeg)
{
    if (jpeg->num_components == 1)
        return JCS_GRAYSCALE;
    return jpeg->num_components == CMYK ? JCS_CMYK : JCS_RGB;
}

static int read_jpeg_values(struct jpeg_decoder *d, const char *path, struct stored_image *out, struct err *e)
{
    size_t row_bytes = (size_t)out->width * (size_t)out->channels;

    d->jpeg.out_color_space = color_space(&d->jpeg);
    d->progress.progress_monitor = limit_jpeg_scans;
    d->jpeg.progress = &d->progress;
    jpeg_start_decompress(&d->jpeg);
    ASSERT((int)d->jpeg.output_width == out->width, "%u columns", d->jpeg.output_width);

    bool is_cmyk = d->jpeg.out_color_space == JCS_CMYK;
    out->values = image_values(path, out, out->channels, e);
    if (!out->values)
        return -1;
    d->cmyk = is_cmyk ? malloc((size_t)out->width * CMYK) : NULL;
    if (is_cmyk && !d->cmyk)
        return err_add(e, ERR_SYSTEM, "%s: no memory for a row", path);

    while (d->jpeg.output_scanline < d->jpeg.output_height)
        read_jpeg_row(
            d, (unsigned char *)out->values + (size_t)d->jpeg.output_scanline * row_bytes, (size_t)out->width);
    jpeg_finish_decompress(&d->jpeg);
    if (d->errors.num_warnings > 0) // the file is damaged: libjpeg returns the part that it could decode
        on_jpeg_error((j_common_ptr)&d->jpeg);
    return 0;
}

static int refuse_jpeg(struct jpeg_decoder *d, const char *path, struct err *e)
{
    char message[JMSG_LENGTH_MAX] = "";
    d->errors.format_message((j_common_ptr)&d->jpeg, message);
    return err_add(e, ERR_DATA, "%s: no good JPEG: %s", path, d->reason ? d->reason : message);
}

// Contains all calls that can jump back by longjmp. `d` belongs to the caller, because a jump would lose local
// variables.
static int jpeg_decode_or_jump(
    struct jpeg_decoder *d, const struct image_request *q, struct stored_image *out, int *orientation, struct err *e)
{
    if (setjmp(d->back))
        return refuse_jpeg(d, q->path, e);

    jpeg_create_decompress(&d->jpeg);
    read_jpeg_head(d, q->in, out, orientation);
    if (image_check_size(q->path, d->jpeg.image_height, d->jpeg.image_width, e) < 0)
        return -1;
    return q->is_whole ? read_jpeg_values(d, q->path, out, e) : 0;
}

int jpeg_decode(const struct image_request *q, struct stored_image *out, int *orientation, struct err *e)
{
    struct jpeg_decoder d = {0};

    d.jpeg.client_data = &d;
    d.jpeg.err = jpeg_std_error(&d.errors);
    d.errors.error_exit = on_jpeg_error;
    d.errors.output_message = ignore_jpeg_message;

    int rc = jpeg_decode_or_jump(&d, q, out, orientation, e);
    jpeg_destroy_decompress(&d.jpeg);
    free(d.cmyk);
    return rc;
}
