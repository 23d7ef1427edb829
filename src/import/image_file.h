// Pictures: PNG and JPEG files decoded into the values that they store. The one door to libpng's reader and to libjpeg.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

struct stored_image {
    int height, width; // as the picture is shown: its EXIF orientation is applied
    int channels;      // 1: gray, 3: red, green, blue
    int bits;          // per value: 8, or 16 if the file has them
    bool is_animated;  // the file has more pictures, which are not read
    void *values;      // (height, width, channels) uint8_t or uint16_t, owned; NULL: only the head was read
};

// Returns true if a file with these first bytes is a picture.
bool image_recognise(const unsigned char *head, size_t n);

// Read the description of a picture (image_head) or all of it (image_read). Values are those of the file: no gamma and
// no color profile is applied, fewer bits than 8 are spread over 0 to 255, transparent pixels are composed on black in
// stored values, and CMYK becomes red, green, blue. Return -1 and an error that names the file and the reason.
int image_head(const char *path, struct stored_image *out, struct err *e);
int image_read(const char *path, struct stored_image *out, struct err *e);
void image_free(struct stored_image *i);

// out (height, width, channels) := the picture in that size with 1 channel (luminance) or 3. Values are uint8_t if it
// has 8 bits, int32_t if it has 16. If a size differs, each pixel is the mean, with triangular weights, of the pixels
// that it covers, which avoids aliasing. Returns -1 and an error if memory is short.
int image_resample(const struct stored_image *i, int height, int width, int channels, void *out, struct err *e);
