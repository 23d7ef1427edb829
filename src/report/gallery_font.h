// A bitmap font for captions.
#pragma once

enum { FONT_WIDTH = 5, FONT_HEIGHT = 9, FONT_BASELINE = 7 }; // rows below the baseline hold descenders

// The rows of a character's glyph from the top; bit 4 is the leftmost pixel. Anything but printable ASCII is '?'.
const unsigned char *font_glyph(char character);
