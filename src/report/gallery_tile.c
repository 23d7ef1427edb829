// Image tiles: values become grays, colors or heat. Whole factors enlarge small images and average large ones.
#include "report/gallery_tile.h"

#include "base/err.h"
#include <math.h>
#include <stdint.h>

static const struct color NOT_A_NUMBER = {255, 0, 200};
enum { TILE_GOAL = 96 }; // pixels; a smaller image is enlarged, but not beyond this

struct tile_size tile_size_of(const struct gallery_format *f)
{
    ASSERT(f->width > 0 && f->height > 0, "%d x %d", f->width, f->height);
    int longest = f->height > f->width ? f->height : f->width;
    int scale = longest < TILE_GOAL ? TILE_GOAL / longest : 1;
    int shrink = (longest + GALLERY_TILE_MAX - 1) / GALLERY_TILE_MAX;

    return (struct tile_size){
        .width = (f->width * scale + shrink - 1) / shrink,
        .height = (f->height * scale + shrink - 1) / shrink,
        .scale = scale,
        .shrink = shrink,
    };
}

// Returns the mean of one channel over the shrink x shrink block of values at pixel (x, y) of the shrunk image.
static float block_mean(const struct gallery_format *f, int shrink, const float *value, int x, int y, int channel)
{
    int count = 0;
    double sum = 0;
    for (int v = y * shrink; v < (y + 1) * shrink && v < f->height; v++)
        for (int u = x * shrink; u < (x + 1) * shrink && u < f->width; u++, count++)
            sum += value[((int64_t)v * f->width + u) * f->channels + channel];
    ASSERT(count > 0, "(%d, %d) of %d x %d", x, y, f->width, f->height);
    return (float)(sum / count);
}

static float clip_unit(float v)
{
    if (v < 0)
        return 0;
    return v > 1 ? 1 : v;
}

static unsigned char color_byte(float unit)
{
    return (unsigned char)(clip_unit(unit) * 255 + 0.5f);
}

static struct color image_color(const float v[3])
{
    if (isnan(v[0]) || isnan(v[1]) || isnan(v[2]))
        return NOT_A_NUMBER;
    return (struct color){color_byte(v[0]), color_byte(v[1]), color_byte(v[2])};
}

// Returns a color of the scale from black over red and yellow to nearly white.
static struct color heat_color(float unit)
{
    static const float stops[][3] = {
        {8, 8, 14}, {58, 18, 104}, {168, 36, 96}, {236, 96, 44}, {252, 190, 52}, {255, 252, 212}};
    enum { LAST = sizeof stops / sizeof *stops - 1 };
    if (isnan(unit))
        return NOT_A_NUMBER;

    float at = clip_unit(unit) * LAST;
    int i = at < LAST ? (int)at : LAST - 1;
    float t = at - (float)i;
    float rgb[3];
    for (int k = 0; k < 3; k++)
        rgb[k] = (stops[i][k] + t * (stops[i + 1][k] - stops[i][k])) / 255;
    return image_color(rgb);
}

// Returns channel k (of red, green, blue) of a pixel of the shrunk image: 0 at `low`, 1 at `high`.
static float unit_value(const struct gallery_format *f, int shrink, const float *value, int x, int y, int k)
{
    return (block_mean(f, shrink, value, x, y, f->channels == 3 ? k : 0) - f->low) / (f->high - f->low);
}

void tile_image(struct canvas *c, int x, int y, const struct gallery_format *f, const float *value)
{
    struct tile_size s = tile_size_of(f);

    ASSERT(f->low < f->high, "from %g to %g", (double)f->low, (double)f->high);
    for (int v = 0; v < s.height; v += s.scale) {
        for (int u = 0; u < s.width; u += s.scale) {
            float unit[3];
            for (int k = 0; k < 3; k++)
                unit[k] = unit_value(f, s.shrink, value, u / s.scale, v / s.scale, k);
            canvas_fill(c, x + u, y + v, s.scale, s.scale, image_color(unit));
        }
    }
}

void tile_difference(struct canvas *c, int x, int y, const struct gallery_format *f, const float *a, const float *b)
{
    struct tile_size s = tile_size_of(f);

    ASSERT(f->low < f->high, "from %g to %g", (double)f->low, (double)f->high);
    for (int v = 0; v < s.height; v += s.scale) {
        for (int u = 0; u < s.width; u += s.scale) {
            float sum = 0;
            for (int k = 0; k < 3; k++)
                sum += fabsf(unit_value(f, s.shrink, a, u / s.scale, v / s.scale, k) -
                             unit_value(f, s.shrink, b, u / s.scale, v / s.scale, k));
            canvas_fill(c, x + u, y + v, s.scale, s.scale, heat_color(sqrtf(sum / 3)));
        }
    }
}
