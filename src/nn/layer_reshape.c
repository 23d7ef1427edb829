// reshape and flatten: give the same values another shape. They copy the values, because the activation after a layer
// works in place on the layer's own output.
#include "nn/nn_impl.h"

#include "spec/spec.h"

struct reshape {
    struct field_ints shape;
};
struct flatten {
    bool flatten;
};

static const struct field reshape_fields[] = {
    FIELD_ROW(reshape, shape, "reshape", FIELD_INTS,
        "one to three dimensions with as many values as the input, such as [4, 4, 8]", .min = 1, .max = 1 << 30,
        .flags = FIELD_REQUIRED),
    {0},
};
static const struct field flatten_fields[] = {
    FIELD_ROW(flatten, flatten, "flatten", FIELD_BOOL,
        "true: all dimensions become one; false: the shape does not change", .flags = FIELD_REQUIRED),
    {0},
};

static int build_reshape(struct layer *l, const struct node *at, struct err *e)
{
    const struct reshape *c = l->config;
    char text[48];
    if (c->shape.n > SHAPE_MAX_RANK)
        return node_error(at, e, "reshape: found %d dimensions, allowed: 1 to %d", c->shape.n, SHAPE_MAX_RANK);

    double size = 1;
    l->out.rank = c->shape.n;
    for (int i = 0; i < c->shape.n; i++) {
        l->out.dims[i] = (int)c->shape.v[i];
        size *= l->out.dims[i];
    }
    if (size != shape_size(&l->in))
        return node_error(at, e, "reshape: found %.0f values, but its input has shape %s = %d values", size,
            shape_text(text, &l->in), shape_size(&l->in));
    return 0;
}

static int build_flatten(struct layer *l, const struct node *at, struct err *e)
{
    (void)at;
    (void)e;
    const struct flatten *c = l->config;
    l->out = c->flatten ? (struct shape){1, {shape_size(&l->in)}} : l->in;
    return 0;
}

const struct layer_type reshape_layer = {
    .name = "reshape",
    .fields = reshape_fields,
    .config_size = sizeof(struct reshape),
    .build = build_reshape,
    .forward = layer_copy_forward,
    .backward = layer_copy_backward,
};

const struct layer_type flatten_layer = {
    .name = "flatten",
    .fields = flatten_fields,
    .config_size = sizeof(struct flatten),
    .build = build_flatten,
    .forward = layer_copy_forward,
    .backward = layer_copy_backward,
};
