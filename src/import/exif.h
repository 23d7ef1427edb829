// The orientation of a picture, from its EXIF data.
#pragma once

#include <stddef.h>

// The orientation (1 to 8) that EXIF data name; 1, upright, if they name none or are damaged. tiff (n): the data from
// their TIFF header on.
int exif_orientation(const unsigned char *tiff, size_t n);
