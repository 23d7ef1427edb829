// Resizes pictures, first along their lines and then along their columns, as gray or color.
#include "import/image_impl.h"

#include "base/err.h"
#include "base/mem.h"
#include <stdlib.h>

// Resamples one line of `from` values, x, into `to` values, y. from_step and to_step are the distances between values.
static void resample_line(int from, const float *x, size_t from_step, int to, float *y, size_t to_step)
{
    double scale = (double)from / to, reach = scale > 1 ? scale : 1;

    for (int i = 0; i < to; i++) {
        double middle = (i + 0.5) * scale, sum = 0, weights = 0;
        int first = middle - reach > 0 ? (int)(middle - reach) : 0;
        for (int k = first; k < from && k < middle + reach; k++) {
            double distance = (k + 0.5 - middle) / reach, weight = 1 - (distance < 0 ? -distance : distance);
            sum += weight > 0 ? weight * (double)x[(size_t)k * from_step] : 0;
            weights += weight > 0 ? weight : 0;
        }
        ASSERT(weights > 0, "value %d of %d", i, to);
        y[(size_t)i * to_step] = (float)(sum / weights);
    }
}

// Sets out (channels) to pixel k. Luminance is computed as in JPEG (ITU-R BT.601).
static void copy_pixel(const struct stored_image *i, size_t k, int channels, float *out)
{
    float rgb[3];

    for (int c = 0; c < 3; c++) {
        size_t at = k * (size_t)i->channels + (size_t)(i->channels == 3 ? c : 0);
        rgb[c] = i->bits == 8 ? (float)((const uint8_t *)i->values)[at] : (float)((const uint16_t *)i->values)[at];
    }

    if (channels == 1 && i->channels == 3)
        out[0] = (float)(0.299 * (double)rgb[0] + 0.587 * (double)rgb[1] + 0.114 * (double)rgb[2]);
    else
        for (int c = 0; c < channels; c++)
            out[c] = rgb[c];
}

static void write_values(const float *values, size_t n, int bits, void *out)
{
    for (size_t k = 0; k < n && bits == 8; k++)
        ((uint8_t *)out)[k] = (uint8_t)(values[k] + 0.5f);
    for (size_t k = 0; k < n && bits != 8; k++)
        ((int32_t *)out)[k] = (int32_t)(values[k] + 0.5f);
}

int image_resample(const struct stored_image *i, int height, int width, int channels, void *out, struct err *e)
{
    size_t C = (size_t)channels, H = (size_t)i->height, W = (size_t)i->width, w = (size_t)width, h = (size_t)height;
    float *all = mem_array(H * W, C * sizeof *all, "a picture", e);
    float *wide = mem_array(H * w, C * sizeof *wide, "a picture", e);
    float *done = mem_array(h * w, C * sizeof *done, "a picture", e);
    int status = all && wide && done ? 0 : -1;

    ASSERT(i->values && height > 0 && width > 0, "%d x %d", height, width);
    ASSERT(channels == 1 || channels == 3, "%d channels", channels);
    for (size_t k = 0; k < H * W && status == 0; k++)
        copy_pixel(i, k, channels, all + k * C);

    for (size_t y = 0; y < H && status == 0; y++)
        for (size_t c = 0; c < C; c++)
            resample_line(i->width, all + y * W * C + c, C, width, wide + y * w * C + c, C);
    for (size_t x = 0; x < w * C && status == 0; x++)
        resample_line(i->height, wide + x, w * C, height, done + x, w * C);
    if (status == 0)
        write_values(done, h * w * C, i->bits, out);

    free(all);
    free(wide);
    free(done);
    return status;
}
