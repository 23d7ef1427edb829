// The gallery: a PNG of samples, each next to its reconstruction and their difference, in sections with headings.
// Samples that are not images are drawn as two curves.
#pragma once

#include "base/err.h"

enum {
    GALLERY_SAMPLES_MAX = 256, // with these limits a gallery needs at most about 200 MB
    GALLERY_TILE_MAX = 192,    // pixels; larger images are shrunk by averaging
};

// The properties that all samples of a gallery share.
struct gallery_format {
    int height, width, channels; // image: channels 1 (gray) or 3 (RGB); vector: height 0, `width` values
    float low, high; // values drawn black and white, or at the bottom and the top of a curve's tile; both 0: images
                     // have the range [0, 1], and each vector has its own range
    int columns;     // samples side by side; 0: as many as fit a page of normal width
};

// Returns the format of samples with shape dims[0..rank). Samples of shape (height, width), (height, width, 1) or
// (height, width, 3) are images, all others are vectors. The range and the columns are left 0.
struct gallery_format gallery_format_of(int rank, const int *dims);

struct gallery;
// Returns a new gallery, to be freed with gallery_free. `title` (or NULL) is printed at the top. All strings are
// copied; characters other than printable ASCII are drawn as '?'.
struct gallery *gallery_new(const struct gallery_format *format, const char *title);
void gallery_free(struct gallery **g);

// Starts a section: the samples added next appear below `heading`.
void gallery_section(struct gallery *g, const char *heading);
// Adds a sample: input and reconstruction (height, width, channels) or (width), with `caption` below. NaN is drawn in
// magenta, or as a gap in a curve. Returns -1 with ERR_USAGE beyond GALLERY_SAMPLES_MAX, or ERR_SYSTEM if memory runs
// out.
int gallery_add(struct gallery *g, const float *input, const float *reconstruction, const char *caption, struct err *e);
// Writes `path` as picture_write does. Returns -1 with ERR_SYSTEM if memory runs out, or with the error of
// picture_write.
int gallery_write(const struct gallery *g, const char *path, struct err *e);
