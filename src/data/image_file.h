// Pictures: PNG and JPEG files decoded into bytes. The one door to libpng's reader and to libjpeg.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

struct image {
    int height, width;
    bool is_color;
    unsigned char *rgb; // (height, width, 3), owned; NULL where only the head was read
};

// Whether a file with these first bytes is a picture.
bool image_recognise(const unsigned char *head, size_t n);
// Size and kind alone, or all of it (what is transparent lies on black; 16 bits become 8). -1 and an error.
int image_head(const char *path, struct image *out, struct err *e);
int image_read(const char *path, struct image *out, struct err *e);
void image_free(struct image *i);

// out (height, width, channels) := the picture in that size, 1 (luminance) or 3 channels. Where a size differs, each
// pixel is a mean with triangular weights over the pixels that it stands for: no pattern is made up by skipping some.
void image_resample(const struct image *i, int height, int width, int channels, unsigned char *out);
