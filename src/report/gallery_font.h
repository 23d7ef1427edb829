// A bitmap font: printable ASCII, 5 x 7 pixels and two more rows for descenders.
#pragma once

enum { FONT_WIDTH = 5, FONT_HEIGHT = 9, FONT_BASELINE = 7 }; // rows below the baseline hold descenders

// Returns the FONT_HEIGHT rows of a character's glyph, from the top; bit 4 is the leftmost pixel. Any character other
// than printable ASCII gets the glyph of '?'.
const unsigned char *font_glyph(char character);
