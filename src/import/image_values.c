// Limits the size of a picture and allocates memory for its values.
#include "import/image_impl.h"

#include "base/err.h"
#include "base/mem.h"

enum { SIDE_MAX = 1 << 15, PIXELS_MAX = 1 << 27 };

int image_check_size(const char *path, size_t height, size_t width, struct err *e)
{
    if (height >= 1 && width >= 1 && height <= SIDE_MAX && width <= SIDE_MAX && height * width <= PIXELS_MAX)
        return 0;
    return err_add(e, ERR_DATA, "%s: found a picture of %zu x %zu pixels, allowed: sides up to %d, %d pixels in all",
        path, height, width, SIDE_MAX, PIXELS_MAX);
}

void *image_values(const char *path, const struct stored_image *i, int channels, struct err *e)
{
    ASSERT(channels >= 1 && (i->bits == 8 || i->bits == 16), "%d channels, %d bits", channels, i->bits);
    size_t bytes = (size_t)channels * (size_t)i->bits / 8;
    return mem_array((size_t)i->height * (size_t)i->width, bytes, path, e);
}
