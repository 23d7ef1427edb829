// Tiles of a gallery: an image, the difference of two, two curves.
#pragma once

#include "report/gallery.h"
#include "report/gallery_canvas.h"

// The pixels of an image tile: each pixel `scale` times larger, or `shrink` x `shrink` pixels averaged.
struct tile_size {
    int width, height;
    int scale, shrink;
};
struct tile_size tile_size_of(const struct gallery_format *f);

// Draw at (x, y). Values are (height, width, channels).
void tile_image(struct canvas *c, int x, int y, const struct gallery_format *f, const float *value);
// |a - b|, the mean over the channels, on a scale of heat from 0 to high - low; its square root, so that small ones
// show.
void tile_difference(struct canvas *c, int x, int y, const struct gallery_format *f, const float *a, const float *b);

enum { CURVE_WIDTH = 260, CURVE_HEIGHT = 96 };
extern const struct color CURVE_INPUT, CURVE_RECONSTRUCTION;
// input and reconstruction (f->width) as curves, the area between them shaded.
void tile_curves(
    struct canvas *c, int x, int y, const struct gallery_format *f, const float *input, const float *reconstruction);
