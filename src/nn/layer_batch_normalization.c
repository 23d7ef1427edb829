// batch_normalization (Ioffe and Szegedy 2015): every channel is brought to mean 0 and variance 1, then scaled by gamma
// and moved by beta. Channels are the last dimension. Training uses the statistics of the shard's rows ("ghost"
// statistics, Hoffer et al. 2017), because only gradients and sums of losses are exchanged between shards. Otherwise
// running statistics are used.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include <math.h>
#include <string.h>

// The comments below write M for rows times positions, and C for channels.
struct batch_normalization {
    bool wanted;
    double momentum, epsilon;
};

enum { GAMMA, BETA, MOVING_MEAN, MOVING_VARIANCE };

static const struct field fields[] = {
    FIELD_ROW(batch_normalization, wanted, "batch_normalization", FIELD_BOOL,
        "true: normalizes the last dimension; false: does nothing. Training uses the statistics of "
        "a shard's rows (with train.shards 1, of the batch), so every batch must give each shard "
        "two rows or more",
        .flags = FIELD_REQUIRED),
    FIELD_ROW(batch_normalization, momentum, "momentum", FIELD_REAL,
        "weight of the old running statistics when the batch's are mixed in (PyTorch's momentum is "
        "1 minus this, 0.1 by default, and its running variance is the unbiased one)",
        .default_text = "0.99", .max = 1),
    FIELD_ROW(batch_normalization, epsilon, "epsilon", FIELD_REAL, "added to the variance (PyTorch: 1e-5)",
        .default_text = "0.001", .max = 1, .flags = FIELD_MIN_EXCLUDED),
    {0},
};

static void add_statistic(struct layer *l, const char *name, double start)
{
    const struct batch_normalization *c = l->config;
    struct block *b = layer_add_channels(l, name, start);
    b->is_statistic = true;
    b->momentum = c->momentum;
}

static int batch_normalization_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct batch_normalization *c = l->config;
    if (layer_build_alike(l, at, e) != 0)
        return -1;
    if (!c->wanted) {
        l->kept = 0;
        return 0;
    }

    layer_add_channels(l, "gamma", 1);
    layer_add_channels(l, "beta", 0);
    add_statistic(l, "moving_mean", 0);
    add_statistic(l, "moving_variance", 1);
    l->kept_once = 3 * (size_t)last_dimension(l);
    return 0;
}

// Returns true if one row is too few for statistics. A sample of several positions has statistics by itself.
static bool batch_normalization_needs_two_rows(const struct layer *l)
{
    const struct batch_normalization *c = l->config;
    return c->wanted && vectors_in_rows(l, 1) == 1;
}

// What the forward pass keeps: the normalized input (M, C), and per channel 1 / deviation, the mean and the variance.
struct batch_kept {
    real *normal, *inverse, *mean, *variance;
};

static struct batch_kept batch_kept_of(const struct layer *l, const struct pass *p)
{
    size_t C = (size_t)last_dimension(l), n = vectors_in_rows(l, p->rows) * C;
    return (struct batch_kept){p->kept, p->kept + n, p->kept + n + C, p->kept + n + 2 * C};
}

// mean (C), variance (C) := mean and variance of each column of x (M, C)
static void column_statistics(size_t M, size_t C, const real *restrict x, real *restrict mean, real *restrict variance)
{
    ASSERT(M > 0, "no rows");
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

// normal (M, C) := (x - mean) / deviation; y := gamma normal + beta
static void normalize_columns(const struct layer *l, const struct pass *p, const struct batch_kept *k)
{
    const size_t C = (size_t)last_dimension(l), M = vectors_in_rows(l, p->rows);
    const real *restrict x = p->x;
    const real *restrict gamma = p->w + l->blocks[GAMMA].offset;
    const real *restrict beta = p->w + l->blocks[BETA].offset;
    const real *restrict mean = k->mean;
    const real *restrict inverse = k->inverse;
    real *restrict normal = k->normal;
    real *restrict y = p->y;

    for (size_t i = 0; i < M * C; i += C)
        for (size_t j = 0; j < C; j++) {
            normal[i + j] = (x[i + j] - mean[j]) * inverse[j];
            y[i + j] = gamma[j] * normal[i + j] + beta[j];
        }
}

static void batch_normalization_forward(const struct layer *l, const struct pass *p)
{
    const struct batch_normalization *c = l->config;
    const size_t C = (size_t)last_dimension(l);
    if (!c->wanted) {
        layer_copy_forward(l, p);
        return;
    }

    const struct batch_kept k = batch_kept_of(l, p);
    ASSERT(l->n_blocks > MOVING_VARIANCE, "%d blocks", l->n_blocks);
    if (p->step->trains) {
        column_statistics(vectors_in_rows(l, p->rows), C, p->x, k.mean, k.variance);
    } else {
        memcpy(k.mean, p->w + l->blocks[MOVING_MEAN].offset, C * sizeof(real));
        memcpy(k.variance, p->w + l->blocks[MOVING_VARIANCE].offset, C * sizeof(real));
    }

    for (size_t j = 0; j < C; j++)
        k.inverse[j] = 1 / REAL(sqrt)(k.variance[j] + (real)c->epsilon);
    normalize_columns(l, p, &k);
}

// d_gamma (C) := the sum over rows of dy normal; d_beta (C) := the sum over rows of dy
static void sum_normal_gradients(size_t M, size_t C, const real *restrict dy, const real *restrict normal,
    real *restrict d_gamma, real *restrict d_beta)
{
    kernels()->sum_rows((int)M, (int)C, dy, d_beta);
    memset(d_gamma, 0, C * sizeof *d_gamma);
    for (size_t i = 0; i < M * C; i += C)
        for (size_t j = 0; j < C; j++)
            d_gamma[j] += dy[i + j] * normal[i + j];
}

// Stores statistics of these rows, weighted by their share of the batch, in place of the gradients of the running
// statistics. Adding the gradients of all shards then gives the statistics of the batch.
static void share_statistics(const struct layer *l, const struct pass *p, const struct batch_kept *k)
{
    const real share = (real)p->rows / (real)p->batch_rows;
    ASSERT(p->rows <= p->batch_rows, "%d rows of a batch of %d", p->rows, p->batch_rows);

    for (size_t j = 0; j < (size_t)last_dimension(l); j++) {
        p->dw[l->blocks[MOVING_MEAN].offset + j] = share * k->mean[j];
        p->dw[l->blocks[MOVING_VARIANCE].offset + j] = share * k->variance[j];
    }
}

static void batch_normalization_backward(const struct layer *l, const struct pass *p)
{
    const struct batch_normalization *c = l->config;
    const size_t C = (size_t)last_dimension(l), M = vectors_in_rows(l, p->rows);
    if (!c->wanted) {
        layer_copy_backward(l, p);
        return;
    }

    const struct batch_kept k = batch_kept_of(l, p);
    const real *gamma = p->w + l->blocks[GAMMA].offset;
    real *d_gamma = p->dw + l->blocks[GAMMA].offset;
    real *d_beta = p->dw + l->blocks[BETA].offset;
    sum_normal_gradients(M, C, p->dy, k.normal, d_gamma, d_beta);
    share_statistics(l, p, &k);

    // The shard's statistics depend on the inputs, so a part of the gradient flows through them. Running statistics are
    // constants: for them, this part is 0.
    const real through = p->step->trains ? 1 / (real)M : 0;
    for (size_t i = 0; p->dx && i < M * C; i += C)
        for (size_t j = 0; j < C; j++)
            p->dx[i + j] =
                gamma[j] * k.inverse[j] * (p->dy[i + j] - through * (d_beta[j] + k.normal[i + j] * d_gamma[j]));
}

const struct layer_type batch_normalization_layer = {
    .name = "batch_normalization",
    .fields = fields,
    .config_size = sizeof(struct batch_normalization),
    .build = batch_normalization_build,
    .needs_two_rows = batch_normalization_needs_two_rows,
    .forward = batch_normalization_forward,
    .backward = batch_normalization_backward,
};
