// Writes PNG files to temporary files and renames these, and checks the signature of files that would be replaced.
#include "report/gallery_png.h"

#include "base/disk.h"
#include "base/input.h"
#include <png.h>
#include <stdio.h>
#include <sys/stat.h>

struct rgb_picture {
    int width, height;
    const unsigned char *rgb;
};

static int write_png(void *context, const char *path, FILE *out, struct err *e)
{
    const struct rgb_picture *p = context;
    ASSERT(p->width > 0 && p->height > 0, "%d x %d", p->width, p->height);
    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)p->width,
        .height = (png_uint_32)p->height,
        .format = PNG_FORMAT_RGB,
    };

    if (!png_image_write_to_stdio(&image, out, 0, p->rgb, 0, NULL))
        return err_add(e, ERR_IO, "%s: cannot write picture: %s", path, image.message);
    return 0;
}

int picture_check_replace(const char *path, struct err *e)
{
    static const unsigned char magic[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    struct stat s;
    const char *why = "found no picture, allowed: a new file or a PNG file";
    if (stat(path, &s) < 0 || input_begins_with(path, magic, sizeof magic, &why))
        return 0;
    return err_add(e, ERR_USAGE, "%s: exists: %s; hint: choose another name, or remove it first", path, why);
}

int picture_write(const char *path, int width, int height, const unsigned char *rgb, struct err *e)
{
    if (picture_check_replace(path, e) != 0)
        return -1;

    struct rgb_picture p = {width, height, rgb};
    return disk_write_stream(path, "picture", write_png, &p, NULL, e);
}
