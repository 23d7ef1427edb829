// max_pooling2d, average_pooling2d, and the same for signals (1d): take the largest value, or the mean, of each window.
#include "nn/spatial.h"

#include "kernels/kernels.h"
#include "nn/nn_impl.h"
#include "spec/spec.h"

struct pooling {
    struct field_ints size, strides;
    int padding;

    struct windows windows; // derived from the settings
};

// clang-format off
#define POOLING_FIELDS(name, size_help)                                                                            \
    {.key = name, .type = FIELD_INTS, .offset = offsetof(struct pooling, size), .min = 1, .max = 1024,             \
        .flags = FIELD_REQUIRED, .help = size_help},                                                               \
    {.key = "strides", .type = FIELD_INTS, .offset = offsetof(struct pooling, strides), .min = 1, .max = 1024,     \
        .help = "step of the window; default: the size of the window"},                                       \
    {.key = "padding", .type = FIELD_CHOICE, .offset = offsetof(struct pooling, padding), .default_text = "valid",     \
        .choices = padding_names,                                                                                  \
        .help = "valid: only whole windows; same: windows may cross the border and use only the cells " \
                "inside (PyTorch: the number of cells on both sides, which average pooling counts as zeros)"}
// clang-format on

static const struct field max_2d[] = {
    POOLING_FIELDS("max_pooling2d", "[height, width] of the window, or one number for both"), {0}};
static const struct field max_1d[] = {POOLING_FIELDS("max_pooling1d", "length of the window in time steps"), {0}};
static const struct field average_2d[] = {
    POOLING_FIELDS("average_pooling2d", "[height, width] of the window, or one number for both"), {0}};
static const struct field average_1d[] = {
    POOLING_FIELDS("average_pooling1d", "length of the window in time steps"), {0}};

static int pooling_build(struct layer *l, int dims, const struct node *at, struct err *e)
{
    struct pooling *c = l->config;
    const enum padding padding = (enum padding)c->padding;
    struct size_setting setting = {l->type->name, dims, {1, 1}};
    struct extent in;
    int size[2], stride[2];
    if (extent_of_input(l, dims, at, &in, e) != 0 || size_pair(&setting, &c->size, size, at, e) != 0)
        return -1;
    setting = (struct size_setting){"strides", dims, {size[0], size[1]}};
    if (size_pair(&setting, &c->strides, stride, at, e) != 0)
        return -1;

    struct way h = window_way(in.height, size[0], stride[0], padding);
    struct way w = window_way(in.width, size[1], stride[1], padding);
    if (h.stops == 0 || w.stops == 0)
        return node_error(at, e, "a window of %d x %d is larger than its input of %d x %d; padding: same allows it",
            size[0], size[1], in.height, in.width);

    c->windows = (struct windows){.height = in.height,
        .width = in.width,
        .channels = in.channels,
        .out_height = h.stops,
        .out_width = w.stops,
        .pool_h = size[0],
        .pool_w = size[1],
        .stride_h = stride[0],
        .stride_w = stride[1],
        .top = h.before,
        .left = w.before};
    l->out = extent_shape(dims, (struct extent){h.stops, w.stops, in.channels});
    return 0;
}

static int pooling_build_2d(struct layer *l, const struct node *at, struct err *e)
{
    return pooling_build(l, 2, at, e);
}

static int pooling_build_1d(struct layer *l, const struct node *at, struct err *e)
{
    return pooling_build(l, 1, at, e);
}

static void max_pooling_forward(const struct layer *l, const struct pass *p)
{
    const struct pooling *c = l->config;
    size_t in = (size_t)shape_size(&l->in), out = (size_t)shape_size(&l->out);

    for (size_t r = 0; r < (size_t)p->rows; r++)
        kernels()->max_pool(&c->windows, p->x + r * in, p->y + r * out);
}

static void max_pooling_backward(const struct layer *l, const struct pass *p)
{
    const struct pooling *c = l->config;
    size_t in = (size_t)shape_size(&l->in), out = (size_t)shape_size(&l->out);

    for (size_t r = 0; p->dx && r < (size_t)p->rows; r++)
        kernels()->max_pool_backward(&c->windows, p->x + r * in, p->dy + r * out, p->dx + r * in);
}

static void average_pooling_forward(const struct layer *l, const struct pass *p)
{
    const struct pooling *c = l->config;
    size_t in = (size_t)shape_size(&l->in), out = (size_t)shape_size(&l->out);

    for (size_t r = 0; r < (size_t)p->rows; r++)
        kernels()->average_pool(&c->windows, p->x + r * in, p->y + r * out);
}

static void average_pooling_backward(const struct layer *l, const struct pass *p)
{
    const struct pooling *c = l->config;
    size_t in = (size_t)shape_size(&l->in), out = (size_t)shape_size(&l->out);

    for (size_t r = 0; p->dx && r < (size_t)p->rows; r++)
        kernels()->average_pool_backward(&c->windows, p->dy + r * out, p->dx + r * in);
}

#define POOLING_LAYER(kind, dims)                            \
    const struct layer_type kind##_pooling##dims##_layer = { \
        .name = #kind "_pooling" #dims,                      \
        .fields = kind##_##dims,                             \
        .config_size = sizeof(struct pooling),               \
        .build = pooling_build_##dims,                       \
        .forward = kind##_pooling_forward,                   \
        .backward = kind##_pooling_backward,                 \
    }

POOLING_LAYER(max, 2d);
POOLING_LAYER(max, 1d);
POOLING_LAYER(average, 2d);
POOLING_LAYER(average, 1d);
