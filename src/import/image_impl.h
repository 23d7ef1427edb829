// What the decoders of pictures share.
#pragma once

#include "import/image_file.h"
#include <stdint.h>
#include <stdio.h>

enum { IMAGE_MESSAGE_BYTES = 256 };

// A decoder reads the stream from its first byte. It fills in `out`, in the file's own orientation, and `orientation`
// (EXIF's, 1 to 8). With `whole` it decodes the values into new memory, too. On failure the caller frees `out`.
int png_decode(FILE *in, const char *path, bool whole, struct stored_image *out, int *orientation, struct err *e);
int jpeg_decode(FILE *in, const char *path, bool whole, struct stored_image *out, int *orientation, struct err *e);

// Refuses a size that no picture to learn from has: a head of a few bytes could ask for all memory.
int image_check_size(const char *path, size_t height, size_t width, struct err *e);

// New memory for height x width pixels of `channels` values. NULL and an error without memory.
void *image_values(const char *path, const struct stored_image *i, int channels, struct err *e);
