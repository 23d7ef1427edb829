// Writes PNG files to temporary files and renames these, and checks the signature of files that would be replaced.
#include "report/gallery_png.h"

#include "base/disk.h"
#include "base/input.h"
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_png_stream(FILE *out, const char *path, int width, int height, const unsigned char *rgb, struct err *e)
{
    ASSERT(width > 0 && height > 0, "%d x %d", width, height);
    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)width,
        .height = (png_uint_32)height,
        .format = PNG_FORMAT_RGB,
    };

    if (!png_image_write_to_stdio(&image, out, 0, rgb, 0, NULL))
        return err_add(e, ERR_IO, "%s: cannot write picture: %s", path, image.message);
    if (fflush(out) || fsync(fileno(out)))
        return err_errno(e, "%s: cannot write picture", path);
    return 0;
}

int picture_check_replace(const char *path, struct err *e)
{
    static const unsigned char magic[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    unsigned char head[sizeof magic];
    struct stat s;
    const char *why = "found no picture, allowed: a new file or a PNG file";
    if (stat(path, &s) < 0)
        return 0;

    FILE *in = input_stream(path, &why);
    size_t n = in ? fread(head, 1, sizeof head, in) : 0;
    if (in)
        fclose(in);

    if (n == sizeof head && memcmp(head, magic, sizeof magic) == 0)
        return 0;
    return err_add(e, ERR_USAGE, "%s: exists: %s; hint: choose another name, or remove it first", path, why);
}

int picture_write(const char *path, int width, int height, const unsigned char *rgb, struct err *e)
{
    if (picture_check_replace(path, e) != 0)
        return -1;

    disk_tidy(path);
    char *temporary = disk_temporary(path);
    int fd = disk_open_temporary(temporary, path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "wb");
    int rc = out ? write_png_stream(out, path, width, height, rgb, e) : err_errno(e, "%s: cannot create picture", path);

    if (out && fclose(out) && rc == 0)
        rc = err_errno(e, "%s: cannot write picture", path);
    if (rc == 0)
        rc = disk_rename(temporary, path, NULL, e);
    if (rc != 0 && fd >= 0)
        disk_discard(temporary);
    free(temporary);
    return rc;
}
