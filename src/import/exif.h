// Finds the orientation of a picture in its EXIF data.
#pragma once

#include <stddef.h>

// Returns the orientation (1 to 8) that EXIF data give. Returns 1 (upright) if they give none or are damaged. tiff (n):
// the data, from their TIFF header on.
int exif_orientation(const unsigned char *tiff, size_t n);
