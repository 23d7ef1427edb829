// upsampling2d and upsampling1d: make images and signals larger by integer factors.
#include "nn/spatial.h"

#include "kernels/kernels.h"
#include "nn/nn_impl.h"
#include "spec/spec.h"
#include <string.h>

struct upsampling {
    struct field_ints size;
    int interpolation;

    struct extent in; // derived from the shape of the input
    int by_h, by_w;
};

enum { NEAREST, BILINEAR };
static const char *const interpolation_names[] = {"nearest", "bilinear", NULL};

static const struct field fields_2d[] = {
    FIELD_ROW(upsampling, size, "upsampling2d", FIELD_INTS, "factors [for height, for width], or one number for both",
        .min = 1, .max = 1024, .flags = FIELD_REQUIRED),
    FIELD_ROW(upsampling, interpolation, "interpolation", FIELD_CHOICE,
        "nearest: repeats cells; bilinear: interpolates between the centers of cells (PyTorch: "
        "align_corners=False)",
        .default_text = "nearest", .choices = interpolation_names),
    {0},
};
static const struct field fields_1d[] = {
    FIELD_ROW(upsampling, size, "upsampling1d", FIELD_INTS, "number of times that each time step is repeated", .min = 1,
        .max = 1024, .flags = FIELD_REQUIRED),
    {0},
};

static int upsampling_build(struct layer *l, int dims, const struct node *at, struct err *e)
{
    struct upsampling *c = l->config;
    const struct size_setting setting = {l->type->name, dims, {1, 1}};
    int by[2];
    if (extent_of_input(l, dims, at, &c->in, e) != 0 || size_pair(&setting, &c->size, by, at, e) != 0)
        return -1;
    if ((double)extent_size(&c->in) * by[0] * by[1] > 1 << 30)
        return node_error(at, e, "its output has more than 2^30 values");

    c->by_h = by[0];
    c->by_w = by[1];
    l->out = extent_shape(dims, (struct extent){c->in.height * by[0], c->in.width * by[1], c->in.channels});
    return 0;
}

static int upsampling_build_2d(struct layer *l, const struct node *at, struct err *e)
{
    return upsampling_build(l, 2, at, e);
}

static int upsampling_build_1d(struct layer *l, const struct node *at, struct err *e)
{
    return upsampling_build(l, 1, at, e);
}

// The two input cells between which a place of the output lies. The second has weight `share`, the first 1 - `share`.
struct cell_pair {
    int first, second;
    real share;
};

// Returns the two cells around place i of the output, along a dimension with `length` cells.
static struct cell_pair cells_around(int i, int by, int length)
{
    real at = ((real)i + (real)0.5) / (real)by - (real)0.5;
    at = at > 0 ? at : 0;
    int first = (int)at;
    ASSERT(first < length, "cell %d of %d", first, length);
    return (struct cell_pair){first, first + 1 < length ? first + 1 : first, at - (real)first};
}

// The four cells of x around a place of y, and their weights.
struct cell_corners {
    size_t at[4];
    real share[4];
};

static struct cell_corners corners_around(const struct upsampling *c, int i, int j)
{
    const struct cell_pair h = cells_around(i, c->by_h, c->in.height);
    const struct cell_pair w = cells_around(j, c->by_w, c->in.width);
    const size_t C = (size_t)c->in.channels, row = (size_t)c->in.width;
    const size_t top = (size_t)h.first * row, bottom = (size_t)h.second * row;

    return (struct cell_corners){{(top + (size_t)w.first) * C, (top + (size_t)w.second) * C,
                                     (bottom + (size_t)w.first) * C, (bottom + (size_t)w.second) * C},
        {(1 - h.share) * (1 - w.share), (1 - h.share) * w.share, h.share * (1 - w.share), h.share * w.share}};
}

static void enlarge_bilinear(const struct upsampling *c, const real *x, real *y)
{
    for (int i = 0; i < c->in.height * c->by_h; i++)
        for (int j = 0; j < c->in.width * c->by_w; j++, y += c->in.channels) {
            struct cell_corners s = corners_around(c, i, j);
            for (int k = 0; k < c->in.channels; k++)
                y[k] = s.share[0] * x[s.at[0] + (size_t)k] + s.share[1] * x[s.at[1] + (size_t)k] +
                       s.share[2] * x[s.at[2] + (size_t)k] + s.share[3] * x[s.at[3] + (size_t)k];
        }
}

static void enlarge_bilinear_backward(const struct upsampling *c, const real *dy, real *dx)
{
    memset(dx, 0, extent_size(&c->in) * sizeof *dx);
    for (int i = 0; i < c->in.height * c->by_h; i++)
        for (int j = 0; j < c->in.width * c->by_w; j++, dy += c->in.channels) {
            struct cell_corners s = corners_around(c, i, j);
            for (int corner = 0; corner < 4; corner++)
                for (int k = 0; k < c->in.channels; k++)
                    dx[s.at[corner] + (size_t)k] += s.share[corner] * dy[k];
        }
}

static void upsampling_forward(const struct layer *l, const struct pass *p)
{
    const struct upsampling *c = l->config;
    const size_t in = extent_size(&c->in), out = (size_t)shape_size(&l->out);

    for (size_t r = 0; r < (size_t)p->rows; r++)
        if (c->interpolation == BILINEAR)
            enlarge_bilinear(c, p->x + r * in, p->y + r * out);
        else
            kernels()->repeat(
                c->in.height, c->in.width, c->in.channels, c->by_h, c->by_w, p->x + r * in, p->y + r * out);
}

static void upsampling_backward(const struct layer *l, const struct pass *p)
{
    const struct upsampling *c = l->config;
    const size_t in = extent_size(&c->in), out = (size_t)shape_size(&l->out);

    for (size_t r = 0; p->dx && r < (size_t)p->rows; r++)
        if (c->interpolation == BILINEAR)
            enlarge_bilinear_backward(c, p->dy + r * out, p->dx + r * in);
        else
            kernels()->repeat_backward(
                c->in.height, c->in.width, c->in.channels, c->by_h, c->by_w, p->dy + r * out, p->dx + r * in);
}

const struct layer_type upsampling2d_layer = {
    .name = "upsampling2d",
    .fields = fields_2d,
    .config_size = sizeof(struct upsampling),
    .build = upsampling_build_2d,
    .forward = upsampling_forward,
    .backward = upsampling_backward,
};

const struct layer_type upsampling1d_layer = {
    .name = "upsampling1d",
    .fields = fields_1d,
    .config_size = sizeof(struct upsampling),
    .build = upsampling_build_1d,
    .forward = upsampling_forward,
    .backward = upsampling_backward,
};
