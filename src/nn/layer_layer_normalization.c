// layer_normalization (Ba et al. 2016): the last dimension of every sample is brought to mean 0 and variance 1, then
// scaled by gamma and moved by beta, element by element.
#include "nn/nn_impl.h"

#include <math.h>
#include <string.h>

// M rows times positions, C channels
struct layer_normalization {
    bool wanted;
    double epsilon;
};

enum { GAMMA, BETA };

static const struct field fields[] = {
    {.key = "layer_normalization",
        .type = FIELD_BOOL,
        .offset = offsetof(struct layer_normalization, wanted),
        .flags = FIELD_REQUIRED,
        .help = "true: normalizes the last dimension of each sample; false: does nothing"},
    {.key = "epsilon",
        .type = FIELD_REAL,
        .offset = offsetof(struct layer_normalization, epsilon),
        .standard = "0.001",
        .max = 1,
        .flags = FIELD_MIN_EXCLUDED,
        .help = "added to the variance (PyTorch: 1e-5)"},
    {0},
};

static void add_block(struct layer *l, const char *name, double start)
{
    int C = channels(l);
    l->blocks[l->n_blocks++] = (struct block){
        .name = name, .count = (size_t)C, .rank = 1, .dims = {C}, .initializer = INITIALIZER_CONSTANT, .start = start};
}

static int build(struct layer *l, const struct node *at, struct err *e)
{
    const struct layer_normalization *c = l->config;
    (void)at;
    (void)e;
    l->out = l->in;
    if (!c->wanted)
        return 0;
    add_block(l, "gamma", 1);
    add_block(l, "beta", 0);
    l->kept = (size_t)shape_size(&l->in) + positions(l, 1); // the normalised input, and 1 / deviation of each position
    return 0;
}

// normal (C) := x brought to mean 0 and variance 1; returns 1 / deviation
static real normalize(size_t C, real epsilon, const real *restrict x, real *restrict normal)
{
    real sum = 0, squares = 0;
    for (size_t j = 0; j < C; j++)
        sum += x[j];
    real mean = sum / (real)C;
    for (size_t j = 0; j < C; j++) {
        normal[j] = x[j] - mean;
        squares += normal[j] * normal[j];
    }
    real inverse = 1 / REAL(sqrt)(squares / (real)C + epsilon);
    for (size_t j = 0; j < C; j++)
        normal[j] *= inverse;
    return inverse;
}

static void forward(const struct layer *l, const struct pass *p)
{
    const struct layer_normalization *c = l->config;
    size_t C = (size_t)channels(l), M = positions(l, p->rows);
    if (!c->wanted) {
        memcpy(p->y, p->x, M * C * sizeof *p->y);
        return;
    }
    const real *gamma = p->w + l->blocks[GAMMA].offset, *beta = p->w + l->blocks[BETA].offset;
    real *inverse = p->kept + M * C;
    for (size_t i = 0; i < M; i++) {
        real *normal = p->kept + i * C, *y = p->y + i * C;
        inverse[i] = normalize(C, (real)c->epsilon, p->x + i * C, normal);
        for (size_t j = 0; j < C; j++)
            y[j] = gamma[j] * normal[j] + beta[j];
    }
}

static void row_gradient(size_t C, real inverse, const real *restrict gamma, const real *restrict normal,
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

static void backward(const struct layer *l, const struct pass *p)
{
    const struct layer_normalization *c = l->config;
    size_t C = (size_t)channels(l), M = positions(l, p->rows);
    if (!c->wanted) {
        if (p->dx)
            memcpy(p->dx, p->dy, M * C * sizeof *p->dx);
        return;
    }
    const real *gamma = p->w + l->blocks[GAMMA].offset, *inverse = p->kept + M * C;
    real *d_gamma = p->dw + l->blocks[GAMMA].offset;
    kernels()->sum_rows((int)M, (int)C, p->dy, p->dw + l->blocks[BETA].offset);
    memset(d_gamma, 0, C * sizeof *d_gamma);
    for (size_t i = 0; i < M; i++) {
        const real *normal = p->kept + i * C, *dy = p->dy + i * C;
        for (size_t j = 0; j < C; j++)
            d_gamma[j] += dy[j] * normal[j];
        if (p->dx)
            row_gradient(C, inverse[i], gamma, normal, dy, p->dx + i * C);
    }
}

const struct layer_type layer_normalization_layer = {
    .name = "layer_normalization",
    .fields = fields,
    .config_size = sizeof(struct layer_normalization),
    .build = build,
    .forward = forward,
    .backward = backward,
};
