// dropout (Srivastava et al. 2014): in training, random values are set to 0 and the others are scaled up, so that the
// mean stays the same.
#include "nn/nn_impl.h"

struct dropout {
    double rate;
};

static const struct field fields[] = {
    FIELD_ROW(dropout, rate, "dropout", FIELD_REAL,
        "probability that a value becomes 0 in training; the others are divided by 1 minus this", .max = 1,
        .flags = FIELD_REQUIRED | FIELD_MAX_EXCLUDED),
    {0},
};

// Sets p->kept (rows, in) to the factor of each value, and y := x times the factors.
static void dropout_forward(const struct layer *l, const struct pass *p)
{
    const struct dropout *c = l->config;
    const size_t width = (size_t)shape_size(&l->in), n = (size_t)p->rows * width;
    const real rate = (real)c->rate, scale = (real)(1 / (1 - c->rate));
    ASSERT(c->rate >= 0 && c->rate < 1, "rate %g", c->rate);
    if (!p->step->trains) {
        layer_copy_forward(l, p);
        return;
    }

    for (int i = 0; i < p->rows; i++)
        pass_uniform(p, RANDOM_DROPOUT, i, width, p->kept + (size_t)i * width);
    for (size_t i = 0; i < n; i++) {
        p->kept[i] = p->kept[i] < rate ? 0 : scale;
        p->y[i] = p->x[i] * p->kept[i];
    }
}

static void dropout_backward(const struct layer *l, const struct pass *p)
{
    size_t n = (size_t)p->rows * (size_t)shape_size(&l->in);
    if (!p->step->trains) {
        layer_copy_backward(l, p);
        return;
    }

    for (size_t i = 0; p->dx && i < n; i++)
        p->dx[i] = p->dy[i] * p->kept[i];
}

const struct layer_type dropout_layer = {
    .name = "dropout",
    .fields = fields,
    .config_size = sizeof(struct dropout),
    .build = layer_build_alike,
    .forward = dropout_forward,
    .backward = dropout_backward,
};
