// dropout (Srivastava et al. 2014): in training, values become 0 at random and those that stay are scaled up, so that
// the mean stays what it was.
#include "nn/nn_impl.h"

#include <string.h>

struct dropout {
    double rate;
};

static const struct field fields[] = {
    {.key = "dropout",
        .type = FIELD_REAL,
        .offset = offsetof(struct dropout, rate),
        .max = 1,
        .flags = FIELD_REQUIRED | FIELD_MAX_EXCLUDED,
        .help = "probability that a value becomes 0 in training; the others are divided by 1 minus this"},
    {0},
};

static int build(struct layer *l, const struct node *at, struct err *e)
{
    (void)at;
    (void)e;
    l->out = l->in;
    l->kept = (size_t)shape_size(&l->in); // each value's factor
    return 0;
}

static void forward(const struct layer *l, const struct pass *p)
{
    const struct dropout *c = l->config;
    size_t width = (size_t)shape_size(&l->in), n = (size_t)p->rows * width;
    if (!p->step->trains) {
        memcpy(p->y, p->x, n * sizeof *p->y);
        return;
    }
    real rate = (real)c->rate, scale = (real)(1 / (1 - c->rate));
    for (int i = 0; i < p->rows; i++)
        pass_uniform(p, RANDOM_DROPOUT, i, width, p->kept + (size_t)i * width);
    for (size_t i = 0; i < n; i++) {
        p->kept[i] = p->kept[i] < rate ? 0 : scale;
        p->y[i] = p->x[i] * p->kept[i];
    }
}

static void backward(const struct layer *l, const struct pass *p)
{
    size_t n = (size_t)p->rows * (size_t)shape_size(&l->in);
    if (!p->dx)
        return;
    if (!p->step->trains)
        memcpy(p->dx, p->dy, n * sizeof *p->dx);
    else
        for (size_t i = 0; i < n; i++)
            p->dx[i] = p->dy[i] * p->kept[i];
}

const struct layer_type dropout_layer = {
    .name = "dropout",
    .fields = fields,
    .config_size = sizeof(struct dropout),
    .build = build,
    .forward = forward,
    .backward = backward,
};
