// Draws the tile of a sample that is not an image: input and reconstruction as two curves over the index of the
// feature.
#include "report/gallery_canvas.h"
#include "report/gallery_tile.h"
#include <math.h>

const struct color CURVE_INPUT = {38, 42, 50}, CURVE_RECONSTRUCTION = {24, 112, 214};
static const struct color PAPER = {255, 255, 255}, FRAME = {214, 217, 222}, AREA = {235, 70, 45};
static const float HALF_LINE = 0.9f, AREA_ALPHA = 0.28f;
enum { PADDING = 6 }; // between the frame and the curves

// Maps indexes of features and values to pixels of a tile.
struct plot {
    int n; // number of features
    double low, high;
};

static float plot_x(const struct plot *p, int i)
{
    ASSERT(i >= 0 && i < p->n, "feature %d of %d", i, p->n);
    if (p->n == 1)
        return CURVE_WIDTH / 2.0f;
    return PADDING + (float)i * (CURVE_WIDTH - 1 - 2 * PADDING) / (float)(p->n - 1);
}

static float plot_y(const struct plot *p, float value)
{
    double unit = fmin(fmax((value - p->low) / (p->high - p->low), 0), 1);
    return (float)(CURVE_HEIGHT - 1 - PADDING - unit * (CURVE_HEIGHT - 1 - 2 * PADDING));
}

static void plot_include(struct plot *p, const float *value)
{
    for (int i = 0; i < p->n; i++) {
        if (!isfinite(value[i]))
            continue;
        p->low = fmin(p->low, value[i]);
        p->high = fmax(p->high, value[i]);
    }
}

// Returns the plot of a tile. Its range is that of the format or, if that is empty, the range of the finite values of
// both curves.
static struct plot plot_find(const struct gallery_format *f, const float *input, const float *reconstruction)
{
    struct plot p = {.n = f->width, .low = f->low, .high = f->high};

    ASSERT(p.n > 0, "%d features", p.n);
    if (p.low < p.high)
        return p;

    p.low = INFINITY;
    p.high = -INFINITY;
    plot_include(&p, input);
    plot_include(&p, reconstruction);
    if (!(p.low < p.high)) { // the curves are constant, or have no finite value
        double middle = p.low == p.high ? p.low : 0;
        double margin = fmax(1, fabs(middle));
        p.low = middle - margin;
        p.high = middle + margin;
    }
    return p;
}

// Returns the distance of (px, py) from the line segment between (ax, ay) and (bx, by).
static float segment_distance(float px, float py, float ax, float ay, float bx, float by)
{
    float dx = bx - ax, dy = by - ay, square = dx * dx + dy * dy;
    float t = square > 0 ? ((px - ax) * dx + (py - ay) * dy) / square : 0; // position on the segment: 0 at a, 1 at b
    t = fminf(fmaxf(t, 0), 1);
    return hypotf(px - ax - t * dx, py - ay - t * dy);
}

// Raises the ink of each pixel to the part of its area that the line from a to b covers.
static void ink_line(float ink[CURVE_HEIGHT][CURVE_WIDTH], float ax, float ay, float bx, float by)
{
    int left = (int)(fminf(ax, bx) - 2), right = (int)(fmaxf(ax, bx) + 2);
    int top = (int)(fminf(ay, by) - 2), bottom = (int)(fmaxf(ay, by) + 2);

    for (int y = top < 0 ? 0 : top; y <= bottom && y < CURVE_HEIGHT; y++) {
        for (int x = left < 0 ? 0 : left; x <= right && x < CURVE_WIDTH; x++) {
            float share = HALF_LINE + 0.5f - segment_distance((float)x, (float)y, ax, ay, bx, by);
            ink[y][x] = fmaxf(ink[y][x], fminf(share, 1));
        }
    }
}

static void draw_curve(
    struct canvas *c, int left, int top, const struct plot *p, const float *value, struct color color)
{
    float ink[CURVE_HEIGHT][CURVE_WIDTH] = {{0}};

    for (int i = 0; i < p->n; i++) {
        if (!isfinite(value[i]))
            continue;
        int from = i > 0 && isfinite(value[i - 1]) ? i - 1 : i; // a value between two gaps becomes a dot
        ink_line(ink, plot_x(p, from), plot_y(p, value[from]), plot_x(p, i), plot_y(p, value[i]));
    }

    for (int y = 0; y < CURVE_HEIGHT; y++)
        for (int x = 0; x < CURVE_WIDTH; x++)
            if (ink[y][x] > 0)
                canvas_blend(c, left + x, top + y, color, ink[y][x]);
}

// Returns the y of a curve at pixel column x, interpolated between the two nearest features; NaN in a gap.
static float curve_y(const struct plot *p, const float *value, int x)
{
    float at = (float)(x - PADDING) * (float)(p->n - 1) / (CURVE_WIDTH - 1 - 2 * PADDING);
    int i = (int)at < p->n - 2 ? (int)at : p->n - 2;
    ASSERT(i >= 0 && i + 1 < p->n, "feature %d of %d", i, p->n);
    float a = value[i], b = value[i + 1];
    if (!isfinite(a) || !isfinite(b))
        return NAN;
    return plot_y(p, a) + (at - (float)i) * (plot_y(p, b) - plot_y(p, a));
}

static void shade_between(struct canvas *c, int left, int top, const struct plot *p, const float *v, const float *w)
{
    for (int x = PADDING; x < CURVE_WIDTH - PADDING && p->n > 1; x++) {
        float a = curve_y(p, v, x), b = curve_y(p, w, x);
        if (isnan(a) || isnan(b))
            continue;

        float upper = fminf(a, b), lower = fmaxf(a, b);
        for (int y = (int)upper; y <= (int)lower; y++) {
            float share = fminf((float)y + 1, lower) - fmaxf((float)y, upper);
            canvas_blend(c, left + x, top + y, AREA, AREA_ALPHA * share);
        }
    }
}

void tile_curves(
    struct canvas *c, int x, int y, const struct gallery_format *f, const float *input, const float *reconstruction)
{
    struct plot p = plot_find(f, input, reconstruction);
    canvas_fill(c, x, y, CURVE_WIDTH, CURVE_HEIGHT, FRAME);
    canvas_fill(c, x + 1, y + 1, CURVE_WIDTH - 2, CURVE_HEIGHT - 2, PAPER);
    shade_between(c, x, y, &p, input, reconstruction);
    draw_curve(c, x, y, &p, input, CURVE_INPUT);
    draw_curve(c, x, y, &p, reconstruction, CURVE_RECONSTRUCTION);
}
