// The gallery: a PNG of samples, each beside its reconstruction and their difference, in sections with headings.
// Samples that are no images are drawn as two curves.
#pragma once

#include "base/err.h"

enum {
    GALLERY_SAMPLES_MAX = 256, // with these limits a gallery needs at most some 200 MB
    GALLERY_TILE_MAX = 192,    // pixels; larger images are shrunk by averaging
};

// What all samples of a gallery have in common.
struct gallery_format {
    int height, width, channels; // of an image, channels 1 (gray) or 3 (RGB) last; height 0: a vector of `width` values
    float low, high;             // the values drawn black and white, bottom and top; both 0: [0, 1] for images, for
                                 // vectors each sample's own range
    int columns;                 // samples side by side; 0: as many as look well
};

// The format of samples of some shape: images, where it is (height, width) or has 1 or 3 channels behind these; else
// vectors.
struct gallery_format gallery_format_of(int rank, const int *dims);

struct gallery;
// `title` heads the page; NULL: none. Texts are copied; they may use ASCII, anything else is drawn as '?'.
struct gallery *gallery_new(const struct gallery_format *format, const char *title);
void gallery_free(struct gallery **g);

// Starts a section: samples added next stand below `heading`.
void gallery_section(struct gallery *g, const char *heading);
// Draws a sample: input and reconstruction (height, width, channels) or (width). NaN shows as magenta, or as a gap in a
// curve. `caption` stands below it. -1 and ERR_USAGE beyond GALLERY_SAMPLES_MAX.
int gallery_add(struct gallery *g, const float *input, const float *reconstruction, const char *caption, struct err *e);
// Writes `path` whole or not at all. ERR_IO and what failed; ERR_SYSTEM without memory.
int gallery_write(const struct gallery *g, const char *path, struct err *e);
