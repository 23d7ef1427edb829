// batch_normalization (Ioffe and Szegedy 2015): every channel is brought to mean 0 and variance 1, then scaled by gamma
// and moved by beta. Channels are the last dimension. In training the statistics are those of the shard's rows ("ghost"
// statistics, Hoffer et al. 2017: nothing but gradients and loss sums crosses shards); otherwise running ones.
#include "nn/nn_impl.h"

#include <math.h>
#include <string.h>

// M rows times positions, C channels
struct batch_normalization {
    bool wanted;
    double momentum, epsilon;
};

enum { GAMMA, BETA, MOVING_MEAN, MOVING_VARIANCE };

static const struct field fields[] = {
    {.key = "batch_normalization",
        .type = FIELD_BOOL,
        .offset = offsetof(struct batch_normalization, wanted),
        .flags = FIELD_REQUIRED,
        .help = "true: normalizes the last dimension; false: does nothing. Training uses the statistics of "
                "a shard's rows (with train.shards 1, of the batch), so every batch must give each shard "
                "two rows or more"},
    {.key = "momentum",
        .type = FIELD_REAL,
        .offset = offsetof(struct batch_normalization, momentum),
        .standard = "0.99",
        .max = 1,
        .help = "weight of the old running statistics when the batch's are mixed in (PyTorch's momentum is "
                "1 minus this, 0.1 by default, and its running variance is the unbiased one)"},
    {.key = "epsilon",
        .type = FIELD_REAL,
        .offset = offsetof(struct batch_normalization, epsilon),
        .standard = "0.001",
        .max = 1,
        .flags = FIELD_MIN_EXCLUDED,
        .help = "added to the variance (PyTorch: 1e-5)"},
    {0},
};

static void add_block(struct layer *l, const char *name, double start, bool is_statistic)
{
    const struct batch_normalization *c = l->config;
    int C = channels(l);
    l->blocks[l->n_blocks++] = (struct block){.name = name,
        .count = (size_t)C,
        .rank = 1,
        .dims = {C},
        .initializer = INITIALIZER_CONSTANT,
        .start = start,
        .is_statistic = is_statistic,
        .momentum = c->momentum};
}

static int build(struct layer *l, const struct node *at, struct err *e)
{
    const struct batch_normalization *c = l->config;
    (void)at;
    (void)e;
    l->out = l->in;
    if (!c->wanted)
        return 0;
    add_block(l, "gamma", 1, false);
    add_block(l, "beta", 0, false);
    add_block(l, "moving_mean", 0, true);
    add_block(l, "moving_variance", 1, true);
    l->kept = (size_t)shape_size(&l->in);
    l->kept_once = 3 * (size_t)channels(l);
    return 0;
}

// A sample of several positions has statistics by itself.
static bool needs_two_rows(const struct layer *l)
{
    const struct batch_normalization *c = l->config;
    return c->wanted && positions(l, 1) == 1;
}

// What forward leaves: (M, C) the normalised input, and per channel 1 / deviation and the shard's statistics.
struct kept {
    real *normal, *inverse, *mean, *variance;
};

static struct kept kept_of(const struct layer *l, const struct pass *p)
{
    size_t C = (size_t)channels(l), n = positions(l, p->rows) * C;
    return (struct kept){p->kept, p->kept + n, p->kept + n + C, p->kept + n + 2 * C};
}

// mean, variance (C) := of x (M, C)
static void statistics(size_t M, size_t C, const real *restrict x, real *restrict mean, real *restrict variance)
{
    kernels()->sum_rows((int)M, (int)C, x, mean);
    for (size_t j = 0; j < C; j++) {
        mean[j] /= (real)M;
        variance[j] = 0;
    }
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < C; j++)
            variance[j] += (x[i * C + j] - mean[j]) * (x[i * C + j] - mean[j]);
    for (size_t j = 0; j < C; j++)
        variance[j] /= (real)M;
}

// normal (M, C) := (x - mean) inverse; y := gamma normal + beta
static void normalize(size_t M, size_t C, const real *restrict x, const struct kept *k, const real *restrict gamma,
    const real *restrict beta, real *restrict y)
{
    real *restrict normal = k->normal;
    const real *restrict mean = k->mean, *restrict inverse = k->inverse;
    for (size_t i = 0; i < M * C; i += C)
        for (size_t j = 0; j < C; j++) {
            normal[i + j] = (x[i + j] - mean[j]) * inverse[j];
            y[i + j] = gamma[j] * normal[i + j] + beta[j];
        }
}

static void forward(const struct layer *l, const struct pass *p)
{
    const struct batch_normalization *c = l->config;
    size_t C = (size_t)channels(l), M = positions(l, p->rows);
    if (!c->wanted) {
        memcpy(p->y, p->x, M * C * sizeof *p->y);
        return;
    }
    struct kept k = kept_of(l, p);
    if (p->step->trains) {
        statistics(M, C, p->x, k.mean, k.variance);
    } else {
        memcpy(k.mean, p->w + l->blocks[MOVING_MEAN].offset, C * sizeof(real));
        memcpy(k.variance, p->w + l->blocks[MOVING_VARIANCE].offset, C * sizeof(real));
    }
    for (size_t j = 0; j < C; j++)
        k.inverse[j] = 1 / REAL(sqrt)(k.variance[j] + (real)c->epsilon);
    normalize(M, C, p->x, &k, p->w + l->blocks[GAMMA].offset, p->w + l->blocks[BETA].offset, p->y);
}

// d_gamma, d_beta (C) := sums over rows of dy normal, of dy
static void sum_gradients(size_t M, size_t C, const real *restrict dy, const real *restrict normal,
    real *restrict d_gamma, real *restrict d_beta)
{
    kernels()->sum_rows((int)M, (int)C, dy, d_beta);
    memset(d_gamma, 0, C * sizeof *d_gamma);
    for (size_t i = 0; i < M * C; i += C)
        for (size_t j = 0; j < C; j++)
            d_gamma[j] += dy[i + j] * normal[i + j];
}

// The share of these rows in the statistics of the batch, which the shards' shares add up to.
static void share_statistics(const struct layer *l, const struct pass *p, const struct kept *k)
{
    real share = (real)p->rows / (real)p->batch_rows;
    for (size_t j = 0; j < (size_t)channels(l); j++) {
        p->dw[l->blocks[MOVING_MEAN].offset + j] = share * k->mean[j];
        p->dw[l->blocks[MOVING_VARIANCE].offset + j] = share * k->variance[j];
    }
}

static void backward(const struct layer *l, const struct pass *p)
{
    const struct batch_normalization *c = l->config;
    size_t C = (size_t)channels(l), M = positions(l, p->rows);
    if (!c->wanted) {
        if (p->dx)
            memcpy(p->dx, p->dy, M * C * sizeof *p->dx);
        return;
    }
    struct kept k = kept_of(l, p);
    const real *gamma = p->w + l->blocks[GAMMA].offset;
    real *d_gamma = p->dw + l->blocks[GAMMA].offset, *d_beta = p->dw + l->blocks[BETA].offset;
    sum_gradients(M, C, p->dy, k.normal, d_gamma, d_beta);
    share_statistics(l, p, &k);
    real through = p->step->trains ? 1 / (real)M : 0; // through the shard's statistics; running ones are constants
    for (size_t i = 0; p->dx && i < M * C; i += C)
        for (size_t j = 0; j < C; j++)
            p->dx[i + j] =
                gamma[j] * k.inverse[j] * (p->dy[i + j] - through * (d_beta[j] + k.normal[i + j] * d_gamma[j]));
}

const struct layer_type batch_normalization_layer = {
    .name = "batch_normalization",
    .fields = fields,
    .config_size = sizeof(struct batch_normalization),
    .build = build,
    .needs_two_rows = needs_two_rows,
    .forward = forward,
    .backward = backward,
};
