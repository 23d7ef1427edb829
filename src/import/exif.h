// The orientation of a picture, from its EXIF data.
#pragma once

#include <stddef.h>

// Returns the orientation (1 to 8) that EXIF data name, or 1, upright, if they name none or are damaged. tiff (n): the
// data, which begin with their TIFF header.
int exif_orientation(const unsigned char *tiff, size_t n);
