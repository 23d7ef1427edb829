// Shared by the decoders of pictures. image_file.c calls the decoders, and these call image_values.c.
#pragma once

#include "import/image_file.h"
#include <stdint.h>
#include <stdio.h>

enum { IMAGE_MESSAGE_BYTES = 256 };

struct image_request {
    FILE *in;         // at the first byte of the file
    const char *path; // for messages
    bool is_whole;    // decode the values, too
};

// Decode the file and fill in `out`, in the orientation of the file. Set *orientation (1 to 8, as in EXIF) if the file
// gives one; the caller has set it to 1. Values are new memory. Return -1 and an error on failure. The caller frees
// `out` in every case.
int png_decode(const struct image_request *q, struct stored_image *out, int *orientation, struct err *e);
int jpeg_decode(const struct image_request *q, struct stored_image *out, int *orientation, struct err *e);

// Returns -1 and an error for a size that pictures in data sets do not have. Otherwise a header of a few bytes could
// make us allocate all memory.
int image_check_size(const char *path, size_t height, size_t width, struct err *e);

// Returns new memory for height x width pixels of `channels` values, or NULL and an error if memory is short.
void *image_values(const char *path, const struct stored_image *i, int channels, struct err *e);
