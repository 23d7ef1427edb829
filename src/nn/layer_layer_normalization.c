// layer_normalization (Ba et al. 2016): the last dimension of every sample is brought to mean 0 and variance 1, then
// scaled by gamma and moved by beta, element by element.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include <math.h>
#include <string.h>

// The comments below write M for rows times positions, and C for channels.
struct layer_normalization {
    bool wanted;
    double epsilon;
};

enum { GAMMA, BETA };

static const struct field fields[] = {
    FIELD_ROW(layer_normalization, wanted, "layer_normalization", FIELD_BOOL,
        "true: normalizes the last dimension of each sample; false: does nothing", .flags = FIELD_REQUIRED),
    FIELD_ROW(layer_normalization, epsilon, "epsilon", FIELD_REAL, "added to the variance (PyTorch: 1e-5)",
        .default_text = "0.001", .max = 1, .flags = FIELD_MIN_EXCLUDED),
    {0},
};

static int layer_normalization_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct layer_normalization *c = l->config;
    if (layer_build_alike(l, at, e) != 0)
        return -1;
    if (!c->wanted) {
        l->kept = 0;
        return 0;
    }

    layer_add_channels(l, "gamma", 1);
    layer_add_channels(l, "beta", 0);
    l->kept += vectors_in_rows(l, 1); // 1 / deviation of each position, besides the normalized input
    return 0;
}

// normal (C) := x, shifted to mean 0 and scaled to variance 1. Returns 1 / deviation.
static real normalize_vector(size_t C, real epsilon, const real *restrict x, real *restrict normal)
{
    real sum = 0, squares = 0;
    for (size_t j = 0; j < C; j++)
        sum += x[j];

    const real mean = sum / (real)C;
    for (size_t j = 0; j < C; j++) {
        normal[j] = x[j] - mean;
        squares += normal[j] * normal[j];
    }

    const real inverse = 1 / REAL(sqrt)(squares / (real)C + epsilon);
    for (size_t j = 0; j < C; j++)
        normal[j] *= inverse;
    return inverse;
}

static void layer_normalization_forward(const struct layer *l, const struct pass *p)
{
    const struct layer_normalization *c = l->config;
    const size_t C = (size_t)last_dimension(l), M = vectors_in_rows(l, p->rows);
    if (!c->wanted) {
        layer_copy_forward(l, p);
        return;
    }

    real *inverse = p->kept + M * C;
    ASSERT(l->n_blocks > BETA, "%d blocks", l->n_blocks);
    const real *gamma = p->w + l->blocks[GAMMA].offset;
    const real *beta = p->w + l->blocks[BETA].offset;
    for (size_t i = 0; i < M; i++) {
        real *normal = p->kept + i * C;
        real *y = p->y + i * C;
        inverse[i] = normalize_vector(C, (real)c->epsilon, p->x + i * C, normal);
        for (size_t j = 0; j < C; j++)
            y[j] = gamma[j] * normal[j] + beta[j];
    }
}

// dx (C) := the gradient of the input, for one vector
static void vector_gradient(size_t C, real inverse, const real *restrict gamma, const real *restrict normal,
    const real *restrict dy, real *restrict dx)
{
    real sum = 0, along = 0;
    for (size_t j = 0; j < C; j++) {
        sum += gamma[j] * dy[j];
        along += gamma[j] * dy[j] * normal[j];
    }

    for (size_t j = 0; j < C; j++)
        dx[j] = inverse * (gamma[j] * dy[j] - (sum + normal[j] * along) / (real)C);
}

static void layer_normalization_backward(const struct layer *l, const struct pass *p)
{
    const struct layer_normalization *c = l->config;
    const size_t C = (size_t)last_dimension(l), M = vectors_in_rows(l, p->rows);
    if (!c->wanted) {
        layer_copy_backward(l, p);
        return;
    }

    const real *inverse = p->kept + M * C;
    const real *gamma = p->w + l->blocks[GAMMA].offset;
    real *d_gamma = p->dw + l->blocks[GAMMA].offset;
    kernels()->sum_rows((int)M, (int)C, p->dy, p->dw + l->blocks[BETA].offset);
    memset(d_gamma, 0, C * sizeof *d_gamma);

    for (size_t i = 0; i < M; i++) {
        const real *normal = p->kept + i * C;
        const real *dy = p->dy + i * C;
        for (size_t j = 0; j < C; j++)
            d_gamma[j] += dy[j] * normal[j];
        if (p->dx)
            vector_gradient(C, inverse[i], gamma, normal, dy, p->dx + i * C);
    }
}

const struct layer_type layer_normalization_layer = {
    .name = "layer_normalization",
    .fields = fields,
    .config_size = sizeof(struct layer_normalization),
    .build = layer_normalization_build,
    .forward = layer_normalization_forward,
    .backward = layer_normalization_backward,
};
