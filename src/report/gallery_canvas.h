// A canvas of RGB bytes: rectangles, blending, pasting, text. Pixels outside the canvas are not drawn.
#pragma once

#include "base/err.h"

struct color {
    unsigned char r, g, b;
};
struct canvas {
    int width, height;
    unsigned char *rgb; // (height, width, 3), owned
};

// Allocates a canvas of one color. Returns -1 with ERR_SYSTEM if memory runs out; `c` is then empty.
int canvas_make(struct canvas *c, int width, int height, struct color background, struct err *e);
void canvas_clear(struct canvas *c); // frees the pixels; `c` is then empty

void canvas_fill(struct canvas *c, int x, int y, int width, int height, struct color color);
void canvas_blend(struct canvas *c, int x, int y, struct color color, float alpha); // alpha in [0, 1]
// Copies the canvas `from`, with its upper left corner at (x, y). `from` must not be wider than the space there; rows
// below the canvas are left out.
void canvas_paste(struct canvas *c, int x, int y, const struct canvas *from);

enum { TEXT_ADVANCE = 12, TEXT_HEIGHT = 14, TEXT_DESCENT = 4 };
// Draws a string at twice the size of the font, with smoothed corners; (x, y) is its upper left corner. Returns the x
// at which the next string starts.
int canvas_text(struct canvas *c, int x, int y, const char *text, struct color color);
