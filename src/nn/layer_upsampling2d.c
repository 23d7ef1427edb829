// upsampling2d and upsampling1d: images and signals made larger by whole factors.
#include "nn/spatial.h"

#include <string.h>

struct upsampling {
    struct field_ints size;
    int interpolation;

    struct image in; // what follows from them
    int by_h, by_w;
};

enum { NEAREST, BILINEAR };
static const char *const interpolation_names[] = {"nearest", "bilinear", NULL};

static const struct field fields_2d[] = {
    {.key = "upsampling2d",
        .type = FIELD_INTS,
        .offset = offsetof(struct upsampling, size),
        .min = 1,
        .max = 1024,
        .flags = FIELD_REQUIRED,
        .help = "factors [for height, for width], or one number for both"},
    {.key = "interpolation",
        .type = FIELD_CHOICE,
        .offset = offsetof(struct upsampling, interpolation),
        .standard = "nearest",
        .choices = interpolation_names,
        .help = "nearest: repeats cells; bilinear: interpolates between the centers of cells (PyTorch: "
                "align_corners=False)"},
    {0},
};
static const struct field fields_1d[] = {
    {.key = "upsampling1d",
        .type = FIELD_INTS,
        .offset = offsetof(struct upsampling, size),
        .min = 1,
        .max = 1024,
        .flags = FIELD_REQUIRED,
        .help = "number of times that each time step is repeated"},
    {0},
};

static int build(struct layer *l, int dims, const struct node *at, struct err *e)
{
    struct upsampling *c = l->config;
    int by[2];
    if (image_input(l, dims, at, &c->in, e) != 0 ||
        image_pair(&c->size, dims, l->type->name, (int[]){1, 1}, at, by, e) != 0)
        return -1;
    if ((double)image_size(&c->in) * by[0] * by[1] > 1 << 30)
        return node_error(at, e, "its output has more than 2^30 values");
    c->by_h = by[0];
    c->by_w = by[1];
    l->out = image_shape(dims, (struct image){c->in.height * by[0], c->in.width * by[1], c->in.channels});
    return 0;
}

static int build_2d(struct layer *l, const struct node *at, struct err *e)
{
    return build(l, 2, at, e);
}

static int build_1d(struct layer *l, const struct node *at, struct err *e)
{
    return build(l, 1, at, e);
}

// Place i of the output lies between two cells of the input, `length` of them, of which the second counts `share`.
struct between {
    int first, second;
    real share;
};

static struct between between(int i, int by, int length)
{
    real at = ((real)i + (real)0.5) / (real)by - (real)0.5;
    at = at > 0 ? at : 0;
    int first = (int)at;
    return (struct between){first, first + 1 < length ? first + 1 : first, at - (real)first};
}

// The four cells of x around place (i, j) of y, and what they count.
struct corners {
    size_t at[4];
    real share[4];
};

static struct corners corners(const struct upsampling *c, int i, int j)
{
    struct between h = between(i, c->by_h, c->in.height), w = between(j, c->by_w, c->in.width);
    size_t C = (size_t)c->in.channels, top = (size_t)h.first * (size_t)c->in.width,
           bottom = (size_t)h.second * (size_t)c->in.width;
    return (struct corners){{(top + (size_t)w.first) * C, (top + (size_t)w.second) * C, (bottom + (size_t)w.first) * C,
                                (bottom + (size_t)w.second) * C},
        {(1 - h.share) * (1 - w.share), (1 - h.share) * w.share, h.share * (1 - w.share), h.share * w.share}};
}

static void bilinear(const struct upsampling *c, const real *x, real *y)
{
    for (int i = 0; i < c->in.height * c->by_h; i++)
        for (int j = 0; j < c->in.width * c->by_w; j++, y += c->in.channels) {
            struct corners s = corners(c, i, j);
            for (int k = 0; k < c->in.channels; k++)
                y[k] = s.share[0] * x[s.at[0] + (size_t)k] + s.share[1] * x[s.at[1] + (size_t)k] +
                       s.share[2] * x[s.at[2] + (size_t)k] + s.share[3] * x[s.at[3] + (size_t)k];
        }
}

static void bilinear_backward(const struct upsampling *c, const real *dy, real *dx)
{
    memset(dx, 0, image_size(&c->in) * sizeof *dx);
    for (int i = 0; i < c->in.height * c->by_h; i++)
        for (int j = 0; j < c->in.width * c->by_w; j++, dy += c->in.channels) {
            struct corners s = corners(c, i, j);
            for (int corner = 0; corner < 4; corner++)
                for (int k = 0; k < c->in.channels; k++)
                    dx[s.at[corner] + (size_t)k] += s.share[corner] * dy[k];
        }
}

static void forward(const struct layer *l, const struct pass *p)
{
    const struct upsampling *c = l->config;
    const size_t in = image_size(&c->in), out = (size_t)shape_size(&l->out);
    for (size_t r = 0; r < (size_t)p->rows; r++)
        if (c->interpolation == BILINEAR)
            bilinear(c, p->x + r * in, p->y + r * out);
        else
            kernels()->repeat(
                c->in.height, c->in.width, c->in.channels, c->by_h, c->by_w, p->x + r * in, p->y + r * out);
}

static void backward(const struct layer *l, const struct pass *p)
{
    const struct upsampling *c = l->config;
    const size_t in = image_size(&c->in), out = (size_t)shape_size(&l->out);
    for (size_t r = 0; p->dx && r < (size_t)p->rows; r++)
        if (c->interpolation == BILINEAR)
            bilinear_backward(c, p->dy + r * out, p->dx + r * in);
        else
            kernels()->repeat_backward(
                c->in.height, c->in.width, c->in.channels, c->by_h, c->by_w, p->dy + r * out, p->dx + r * in);
}

const struct layer_type upsampling2d_layer = {
    .name = "upsampling2d",
    .fields = fields_2d,
    .config_size = sizeof(struct upsampling),
    .build = build_2d,
    .forward = forward,
    .backward = backward,
};

const struct layer_type upsampling1d_layer = {
    .name = "upsampling1d",
    .fields = fields_1d,
    .config_size = sizeof(struct upsampling),
    .build = build_1d,
    .forward = forward,
    .backward = backward,
};
