// A canvas of RGB bytes: rectangles, blending, text. Everything is clipped to the canvas.
#pragma once

#include "base/err.h"

struct color {
    unsigned char r, g, b;
};
struct canvas {
    int width, height;
    unsigned char *rgb; // (height, width, 3), owned
};

// -1 and ERR_SYSTEM without memory; `c` is then empty.
int canvas_make(struct canvas *c, int width, int height, struct color background, struct err *e);
void canvas_clear(struct canvas *c);

void canvas_fill(struct canvas *c, int x, int y, int width, int height, struct color color);
void canvas_blend(struct canvas *c, int x, int y, struct color color, float alpha); // alpha in [0, 1]
void canvas_paste(struct canvas *c, int x, int y, const struct canvas *from);

// Text with its upper left corner at (x, y), its pixels doubled and their corners rounded; returns the x behind it.
enum { TEXT_ADVANCE = 12, TEXT_HEIGHT = 14, TEXT_DESCENT = 4 };
int canvas_text(struct canvas *c, int x, int y, const char *text, struct color color);
