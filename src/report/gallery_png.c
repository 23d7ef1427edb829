// A PNG file that appears whole or not at all.
#include "report/gallery_png.h"

#include "base/mem.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int write_image(FILE *out, const char *path, int width, int height, const unsigned char *rgb, struct err *e)
{
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

// Makes the new name in the folder of `path` durable.
static int sync_folder(const char *path, struct err *e)
{
    char *copy = mem_text(path);
    int folder = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int status =
        folder < 0 || (fsync(folder) && errno != EINVAL) ? err_errno(e, "%s: cannot sync its folder", path) : 0;
    if (folder >= 0)
        close(folder);
    free(copy);
    return status;
}

int picture_write(const char *path, int width, int height, const unsigned char *rgb, struct err *e)
{
    char *temporary = mem_format("%s.%ld.tmp", path, (long)getpid());
    FILE *out = fopen(temporary, "wbe");
    int status = out ? write_image(out, path, width, height, rgb, e) : err_errno(e, "%s: cannot create picture", path);
    if (out && fclose(out) && status == 0)
        status = err_errno(e, "%s: cannot write picture", path);
    if (status == 0 && rename(temporary, path))
        status = err_errno(e, "%s: cannot rename picture from %s", path, temporary);
    if (status == 0)
        status = sync_folder(path, e);
    else if (out)
        unlink(temporary);
    free(temporary);
    return status;
}
