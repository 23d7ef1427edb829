// repeat_vector: repeats the input once per time step, so that a decoder can make a sequence of it.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include "spec/spec.h"
#include <string.h>

struct repeat_vector {
    int64_t steps;
};

static const struct field fields[] = {
    FIELD_ROW(repeat_vector, steps, "repeat_vector", FIELD_INT,
        "number of time steps: (features) becomes (steps, features)", .min = 1, .max = 1 << 20,
        .flags = FIELD_REQUIRED),
    {0},
};

static int repeat_vector_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct repeat_vector *c = l->config;
    char found[48];

    if (l->in.rank != 1)
        return node_error(at, e,
            "repeat_vector: its input has shape %s, allowed: a vector (such as lstm gives "
            "without return_sequences)",
            shape_text(found, &l->in));
    if (c->steps * l->in.dims[0] > 1 << 30)
        return node_error(at, e, "%d steps of %d values are more than 2^30", (int)c->steps, l->in.dims[0]);
    l->out = (struct shape){2, {(int)c->steps, l->in.dims[0]}};
    return 0;
}

static void repeat_vector_forward(const struct layer *l, const struct pass *p)
{
    size_t n = (size_t)l->in.dims[0];
    const real *x = p->x;
    real *y = p->y;
    ASSERT(l->in.rank == 1, "rank %d", l->in.rank);

    for (int i = 0; i < p->rows; i++, x += n)
        for (int t = 0; t < l->out.dims[0]; t++, y += n)
            memcpy(y, x, n * sizeof *y);
}

static void repeat_vector_backward(const struct layer *l, const struct pass *p)
{
    const int T = l->out.dims[0], n = l->in.dims[0];
    const size_t in = (size_t)n, out = (size_t)T * in;

    for (size_t i = 0; p->dx && i < (size_t)p->rows; i++)
        kernels()->sum_rows(T, n, p->dy + i * out, p->dx + i * in);
}

const struct layer_type repeat_vector_layer = {
    .name = "repeat_vector",
    .fields = fields,
    .config_size = sizeof(struct repeat_vector),
    .build = repeat_vector_build,
    .forward = repeat_vector_forward,
    .backward = repeat_vector_backward,
};
