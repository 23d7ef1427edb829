// gaussian: the code of a variational autoencoder (Kingma and Welling 2013). Two heads give the mean m and the log
// variance v of a normal distribution. In training the code is drawn from it: z = m + exp(v / 2) e with e standard
// normal. The divergence of this distribution from the standard normal one, times beta, is added to the loss of a
// sample: beta 1/2 sum (m^2 + exp(v) - 1 - v). Without training z = m, unless the step asks for draws.
#include "nn/nn_impl.h"

#include "kernels/kernels.h"
#include "spec/spec.h"
#include <math.h>
#include <string.h>

// The comments below write B for rows, I for inputs, and U for outputs.
struct gaussian {
    int64_t units, warmup_epochs;
    double beta;
};

enum { MEAN_KERNEL, MEAN_BIAS, VARIANCE_KERNEL, VARIANCE_BIAS };

static const struct field fields[] = {
    FIELD_ROW(gaussian, units, "gaussian", FIELD_INT,
        "number of values of the code; training draws it from a normal distribution, whose mean "
        "and log variance are dense layers; otherwise the code is the mean",
        .min = 1, .max = 1 << 20, .flags = FIELD_REQUIRED),
    FIELD_ROW(gaussian, beta, "beta", FIELD_REAL,
        "adds to the loss this factor times a sample's divergence from the standard normal "
        "distribution (1 with train.reduction sum gives the evidence lower bound)",
        .default_text = "1", .max = 1e6),
    FIELD_ROW(gaussian, warmup_epochs, "warmup_epochs", FIELD_INT,
        "beta is 0 in the first epoch and rises in equal steps to reach its value after this many "
        "epochs",
        .default_text = "0", .max = 1 << 24, .unit = "epochs"),
    {0},
};

static int gaussian_build(struct layer *l, const struct node *at, struct err *e)
{
    const struct gaussian *c = l->config;
    int I = shape_size(&l->in), U = (int)c->units;
    if ((int64_t)I * U > 1 << 30)
        return node_error(at, e, "%d inputs x %d outputs make more than 2^30 weights", I, U);

    l->out = (struct shape){1, {U}};
    layer_add_kernel(l, "mean_kernel", I, U);
    layer_add_bias(l, "mean_bias", U);
    layer_add_kernel(l, "log_variance_kernel", I, U);
    layer_add_bias(l, "log_variance_bias", U);
    l->kept = 4 * (size_t)U;
    return 0;
}

// Arrays of (rows, U). The forward pass fills the first two, and the backward pass the next two.
struct gaussian_kept {
    real *variance, *noise; // `variance`: the log variance; `noise`: standard normal numbers
    real *d_mean, *d_variance;
    real *mean; // for draws without training; shares its space with d_mean
};

static struct gaussian_kept gaussian_kept_at(const struct layer *l, int rows, real *kept)
{
    size_t n = (size_t)rows * (size_t)l->out.dims[0];
    return (struct gaussian_kept){kept, kept + n, kept + 2 * n, kept + 3 * n, kept + 2 * n};
}

// Returns the factor of the divergence in this epoch.
static double beta_of_epoch(const struct gaussian *c, const struct step *step)
{
    return step->epoch < c->warmup_epochs ? c->beta * step->epoch / (double)c->warmup_epochs : c->beta;
}

// y (rows, U) := the output of one of the two heads, chosen by the number of its kernel
static void compute_head(const struct layer *l, const struct pass *p, int kernel, real *y)
{
    int I = shape_size(&l->in), U = l->out.dims[0];
    const struct block *b = l->blocks + kernel;
    ASSERT(kernel + 1 < l->n_blocks, "block %d of %d", kernel, l->n_blocks);
    gemm_bias((struct gemm_shape){false, false, p->rows, U, I}, p->x, p->w + b[0].offset, p->w + b[1].offset, y);
}

// noise (rows, U) := standard normal numbers that depend on the row
static void fill_noise(const struct pass *p, enum random_purpose purpose, int U, real *noise)
{
    for (int i = 0; i < p->rows; i++)
        pass_normal(p, purpose, i, (size_t)U, noise + (size_t)i * (size_t)U);
}

// Draws a code for each row. Further passes over the same rows make further draws, numbered by step->epoch. The first
// one computes the heads, which all draws share.
static void draw_code(const struct layer *l, const struct pass *p, const struct gaussian_kept *k)
{
    size_t n = (size_t)p->rows * (size_t)l->out.dims[0];

    if (p->step->epoch == 0) {
        compute_head(l, p, MEAN_KERNEL, k->mean);
        compute_head(l, p, VARIANCE_KERNEL, k->variance);
    }

    fill_noise(p, RANDOM_CODE, l->out.dims[0], k->noise);
    for (size_t i = 0; i < n; i++)
        p->y[i] = k->mean[i] + REAL(exp)(k->variance[i] / 2) * k->noise[i];
}

void gaussian_divergence(const struct layer *l, int rows, real *kept, float *row)
{
    const size_t U = (size_t)l->out.dims[0];
    const struct gaussian_kept k = gaussian_kept_at(l, rows, kept);
    ASSERT(l->type == &gaussian_layer, "a layer %s", l->type->name);

    for (int i = 0; i < rows; i++) {
        double sum = 0;
        for (size_t j = (size_t)i * U; j < ((size_t)i + 1) * U; j++) {
            double m = (double)k.mean[j], v = (double)k.variance[j];
            sum += m * m + exp(v) - 1 - v;
        }
        row[i] = (float)(sum / 2);
    }
}

static void gaussian_forward(const struct layer *l, const struct pass *p)
{
    struct gaussian_kept k = gaussian_kept_at(l, p->rows, p->kept);
    int U = l->out.dims[0];
    double divergence = 0;

    if (p->step->draws) {
        draw_code(l, p, &k);
        return;
    }
    compute_head(l, p, MEAN_KERNEL, p->y);
    if (!p->step->trains)
        return;

    compute_head(l, p, VARIANCE_KERNEL, k.variance);
    fill_noise(p, RANDOM_SAMPLE, U, k.noise);
    for (size_t i = 0; i < (size_t)p->rows * (size_t)U; i++) {
        real deviation = REAL(exp)(k.variance[i] / 2), mean = p->y[i];
        divergence += (double)(mean * mean + deviation * deviation - 1 - k.variance[i]) / 2;
        p->y[i] = mean + deviation * k.noise[i];
    }

    *p->penalty += beta_of_epoch(l->config, p->step) * divergence;
}

// Computes the gradients of both heads from the gradient of z and from the divergence. Computes the mean again, because
// the forward pass replaced it by the code.
static void split_gradient(const struct layer *l, const struct pass *p, const struct gaussian_kept *k)
{
    const size_t n = (size_t)p->rows * (size_t)l->out.dims[0];
    const real weight = (real)(beta_of_epoch(l->config, p->step) / p->batch_rows);
    ASSERT(p->rows <= p->batch_rows, "%d rows of a batch of %d", p->rows, p->batch_rows);

    compute_head(l, p, MEAN_KERNEL, k->d_mean);
    for (size_t i = 0; i < n; i++) {
        real deviation = REAL(exp)(k->variance[i] / 2);
        k->d_mean[i] = p->dy[i] + weight * k->d_mean[i];
        k->d_variance[i] = (p->dy[i] * k->noise[i] * deviation + weight * (deviation * deviation - 1)) / 2;
    }
}

// Passes the gradient dy of one head back. With `adds`, adds to dx, which already holds the gradient from the other
// head.
static void head_backward(const struct layer *l, const struct pass *p, int kernel, const real *dy, bool adds)
{
    int I = shape_size(&l->in), U = l->out.dims[0];
    gemm((struct gemm_shape){true, false, I, U, p->rows}, p->x, dy, 0, p->dw + l->blocks[kernel].offset);
    kernels()->sum_rows(p->rows, U, dy, p->dw + l->blocks[kernel + 1].offset);
    if (p->dx)
        gemm((struct gemm_shape){false, true, p->rows, I, U}, dy, p->w + l->blocks[kernel].offset, adds, p->dx);
}

static void gaussian_backward(const struct layer *l, const struct pass *p)
{
    struct gaussian_kept k = gaussian_kept_at(l, p->rows, p->kept);
    if (p->step->trains)
        split_gradient(l, p, &k);
    else
        for (int h = VARIANCE_KERNEL; h <= VARIANCE_BIAS; h++)
            memset(p->dw + l->blocks[h].offset, 0, l->blocks[h].count * sizeof(real));

    head_backward(l, p, MEAN_KERNEL, p->step->trains ? k.d_mean : p->dy, false);
    if (p->step->trains)
        head_backward(l, p, VARIANCE_KERNEL, k.d_variance, true);
}

const struct layer_type gaussian_layer = {
    .name = "gaussian",
    .fields = fields,
    .config_size = sizeof(struct gaussian),
    .kernel_fields = layer_kernel_fields + KERNEL_ALWAYS_BIAS,
    .build = gaussian_build,
    .forward = gaussian_forward,
    .backward = gaussian_backward,
};
