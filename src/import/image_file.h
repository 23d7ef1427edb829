// Decodes PNG and JPEG files into the values that they store. Only this part of the program reads with libpng and
// libjpeg.
#pragma once

#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

struct stored_image {
    int height, width; // size of the upright picture, after its EXIF orientation is applied
    int channels;      // 1: gray, 3: red, green, blue
    int bits;          // bits per value: 8, or 16 if the file has 16
    bool is_animated;  // the file has several pictures, of which only the first is read
    void *values;      // (height, width, channels) uint8_t or uint16_t, owned; NULL: only the header was read
};

// Returns true if a file with these first bytes is a picture.
bool image_recognise(const unsigned char *head, size_t n);

// image_head reads only the description of a picture, image_read all of it. Values are those of the file: no gamma and
// no color profile is applied, values of fewer than 8 bits are spread over 0 to 255, transparent pixels are composed on
// black in stored values, and CMYK becomes red, green, blue. Both return -1 and an error that names the file and the
// reason on failure.
int image_head(const char *path, struct stored_image *out, struct err *e);
int image_read(const char *path, struct stored_image *out, struct err *e);
void image_free(struct stored_image *i);

// Sets out (height, width, channels) to the picture, resized, with 1 channel (luminance) or 3. Values are uint8_t if
// the picture has 8 bits, int32_t if it has 16. If the size changes, each pixel is the mean, with triangular weights,
// of the pixels that it covers, which avoids aliasing. Returns -1 and an error if memory is short.
int image_resample(const struct stored_image *i, int height, int width, int channels, void *out, struct err *e);
