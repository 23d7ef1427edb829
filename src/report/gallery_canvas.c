// Draws on a canvas. Pixels are written one by one; text is scaled with Scale2x.
#include "report/gallery_canvas.h"

#include "base/mem.h"
#include "report/gallery_font.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int canvas_make(struct canvas *c, int width, int height, struct color background, struct err *e)
{
    ASSERT(width > 0 && height > 0, "%d x %d", width, height);
    *c = (struct canvas){.width = width, .height = height};
    c->rgb = mem_array((size_t)width * (size_t)height, 3, "gallery", e);
    if (!c->rgb) {
        *c = (struct canvas){0};
        return -1;
    }

    canvas_fill(c, 0, 0, width, height, background);
    return 0;
}

void canvas_clear(struct canvas *c)
{
    free(c->rgb);
    *c = (struct canvas){0};
}

static unsigned char *pixel_at(const struct canvas *c, int x, int y)
{
    return c->rgb + 3 * ((size_t)y * (size_t)c->width + (size_t)x);
}

static int smaller_of(int a, int b)
{
    return a < b ? a : b;
}

static int larger_of(int a, int b)
{
    return a > b ? a : b;
}

void canvas_fill(struct canvas *c, int x, int y, int width, int height, struct color color)
{
    int right = smaller_of(x + width, c->width), bottom = smaller_of(y + height, c->height);
    for (int v = larger_of(y, 0); v < bottom; v++)
        for (int u = larger_of(x, 0); u < right; u++)
            memcpy(pixel_at(c, u, v), &color, 3);
}

static unsigned char mix_bytes(unsigned char from, unsigned char to, float alpha)
{
    return (unsigned char)((float)from + alpha * ((float)to - (float)from) + 0.5f);
}

void canvas_blend(struct canvas *c, int x, int y, struct color color, float alpha)
{
    ASSERT(alpha >= 0 && alpha <= 1, "alpha = %g", (double)alpha);
    if (x < 0 || y < 0 || x >= c->width || y >= c->height)
        return;
    unsigned char *p = pixel_at(c, x, y);
    p[0] = mix_bytes(p[0], color.r, alpha);
    p[1] = mix_bytes(p[1], color.g, alpha);
    p[2] = mix_bytes(p[2], color.b, alpha);
}

void canvas_paste(struct canvas *c, int x, int y, const struct canvas *from)
{
    ASSERT(x >= 0 && y >= 0 && x + from->width <= c->width, "%d + %d of %d", x, from->width, c->width);
    int rows = smaller_of(from->height, c->height - y);
    for (int v = 0; v < rows; v++)
        memcpy(pixel_at(c, x, y + v), pixel_at(from, 0, v), 3 * (size_t)from->width);
}

static bool glyph_has(const unsigned char *glyph, int x, int y)
{
    return x >= 0 && y >= 0 && x < FONT_WIDTH && y < FONT_HEIGHT && glyph[y] >> (FONT_WIDTH - 1 - x) & 1;
}

// Returns true if the quarter of pixel (x, y) towards (dx, dy) is ink in the doubled glyph. By the Scale2x rule, if the
// quarter's two neighbors agree with each other and differ from the opposite ones, the quarter takes their value. So
// stairs become slopes.
static bool quarter_has(const unsigned char *glyph, int x, int y, int dx, int dy)
{
    bool across = glyph_has(glyph, x + dx, y), along = glyph_has(glyph, x, y + dy);
    bool other_across = glyph_has(glyph, x - dx, y), other_along = glyph_has(glyph, x, y - dy);
    if (across == along && across != other_along && along != other_across)
        return across;
    return glyph_has(glyph, x, y);
}

static void draw_glyph(struct canvas *c, int left, int top, const unsigned char *glyph, struct color color)
{
    for (int y = 0; y < 2 * FONT_HEIGHT; y++)
        for (int x = 0; x < 2 * FONT_WIDTH; x++)
            if (quarter_has(glyph, x / 2, y / 2, x % 2 * 2 - 1, y % 2 * 2 - 1)) // each direction is -1 or 1
                canvas_blend(c, left + x, top + y, color, 1);
}

int canvas_text(struct canvas *c, int x, int y, const char *text, struct color color)
{
    for (; *text; text++, x += TEXT_ADVANCE)
        draw_glyph(c, x, y, font_glyph(*text), color);
    return x;
}
