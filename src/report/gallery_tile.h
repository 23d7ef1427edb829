// Tiles of a gallery: an image, the difference of two images, two curves.
#pragma once

#include "report/gallery.h"
#include "report/gallery_canvas.h"

// The size of an image tile in pixels: a pixel of the image is `scale` times larger, or `shrink` x `shrink` pixels are
// averaged; at least one of the two is 1.
struct tile_size {
    int width, height;
    int scale, shrink;
};
struct tile_size tile_size_of(const struct gallery_format *f);

// Draws an image (height, width, channels) with its upper left corner at (x, y).
void tile_image(struct canvas *c, int x, int y, const struct gallery_format *f, const float *value);
// Draws the difference of two images as heat. The heat is the square root of the mean of |a - b| over the channels, on
// a scale from 0 to high - low; the square root makes small differences visible.
void tile_difference(struct canvas *c, int x, int y, const struct gallery_format *f, const float *a, const float *b);

enum { CURVE_WIDTH = 260, CURVE_HEIGHT = 96 };
extern const struct color CURVE_INPUT, CURVE_RECONSTRUCTION;
// Draws input and reconstruction (f->width) as curves and shades the area between them.
void tile_curves(
    struct canvas *c, int x, int y, const struct gallery_format *f, const float *input, const float *reconstruction);
