// The filter is separable: it passes over all lines of one direction, then over those of the other.
#include "data/picture_scaling.h"

#include "base/err.h"
#include <math.h>
#include <string.h>

enum { RADIUS_MAX = 3 * SMOOTH_MAX };

struct filter {
    int radius;
    float weight[2 * RADIUS_MAX + 1];
};

static void make_filter(struct filter *f, double deviation)
{
    double sum = 0, weight[RADIUS_MAX + 1];

    ASSERT(deviation > 0 && deviation <= SMOOTH_MAX, "deviation %g", deviation);
    f->radius = (int)ceil(3 * deviation);
    for (int i = 0; i <= f->radius; i++) {
        weight[i] = exp(-i * i / (2 * deviation * deviation));
        sum += i ? 2 * weight[i] : weight[i];
    }

    for (int i = 0; i <= f->radius; i++)
        f->weight[f->radius - i] = f->weight[f->radius + i] = (float)(weight[i] / sum);
}

// Smooths n values of x, each `step` values after the one before.
static void smooth_line(const struct filter *f, float *x, int n, int step)
{
    float line[SMOOTH_SIDE_MAX + 2 * RADIUS_MAX];
    int taps = 2 * f->radius + 1;

    memset(line, 0, (size_t)(n + 2 * f->radius) * sizeof *line);
    for (int i = 0; i < n; i++)
        line[f->radius + i] = x[(long)i * step];

    for (int i = 0; i < n; i++) {
        float sum = 0;
        for (int k = 0; k < taps; k++)
            sum += f->weight[k] * line[i + k];
        x[(long)i * step] = sum;
    }
}

void picture_smooth(float *x, int height, int width, int channels, double deviation)
{
    struct filter f;

    ASSERT(height <= SMOOTH_SIDE_MAX && width <= SMOOTH_SIDE_MAX, "%d x %d", height, width);
    make_filter(&f, deviation);
    for (int row = 0; row < height; row++)
        for (int c = 0; c < channels; c++)
            smooth_line(&f, x + (long)row * width * channels + c, width, channels);
    for (int i = 0; i < width * channels; i++)
        smooth_line(&f, x + i, height, width * channels);
}

double picture_level(const float *x, int n)
{
    double sum = 0;

    for (int i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum / n);
}

void picture_normalize(float *x, int n)
{
    double level = picture_level(x, n);

    for (int i = 0; level > 0 && i < n; i++)
        x[i] = (float)((double)x[i] / level);
}
