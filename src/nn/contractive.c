// Computes the contractive penalty of Rifai et al. 2011. For a sample it is `strength` times the squared Frobenius norm
// of dy/dx, which for a dense layer is sum_j f'(z_j)^2 n_j with n_j = sum_i w_ij^2.
#include "nn/contractive.h"

#include "kernels/kernels.h"

// The parts of `kept` are the first and the second derivatives of f, (B, O) each; the n_j, (O); and the sums of f'^2
// over the rows, (O). contractive_add_slope replaces the second derivatives by its result.
struct contraction_parts {
    real *first, *second, *norm, *sum;
};

static struct contraction_parts contraction_parts_of(const struct contraction *c)
{
    size_t n = (size_t)c->B * (size_t)c->O;
    return (struct contraction_parts){c->kept, c->kept + n, c->kept + 2 * n, c->kept + 2 * n + (size_t)c->O};
}

// sum (O) := the sum over the rows of the squares in each column of a (M, O)
static void sum_squares_of_columns(int M, int O, const real *restrict a, real *restrict sum)
{
    for (int j = 0; j < O; j++)
        sum[j] = 0;

    for (int i = 0; i < M; i++, a += O)
        for (int j = 0; j < O; j++)
            sum[j] += a[j] * a[j];
}

double contractive_penalty(const struct contraction *c, const real *z)
{
    struct contraction_parts k = contraction_parts_of(c);
    double total = 0;
    ASSERT(activation_is_smooth(c->f), "activation %s", activation_names[c->f]);

    kernels()->slopes(c->f, (size_t)c->B * (size_t)c->O, z, k.first, k.second);
    sum_squares_of_columns(c->I, c->O, c->w, k.norm);
    sum_squares_of_columns(c->B, c->O, k.first, k.sum);

    for (int j = 0; j < c->O; j++)
        total += (double)k.norm[j] * (double)k.sum[j];
    return c->strength * total;
}

const real *contractive_add_slope(const struct contraction *c, const real *dz)
{
    const int O = c->O;
    struct contraction_parts k = contraction_parts_of(c);
    const real step = (real)(2 * c->strength / c->batch_rows);
    const real *restrict first = k.first;
    const real *restrict norm = k.norm;
    real *restrict sum = k.second;
    ASSERT(c->B <= c->batch_rows, "%d rows of a batch of %d", c->B, c->batch_rows);

    for (int i = 0; i < c->B; i++, dz += O, first += O, sum += O)
        for (int j = 0; j < O; j++)
            sum[j] = dz[j] + step * norm[j] * first[j] * sum[j];
    return k.second;
}

void contractive_add_weights(const struct contraction *c, real *dw)
{
    const int O = c->O;
    const real step = (real)(2 * c->strength / c->batch_rows);
    const real *restrict sum = contraction_parts_of(c).sum;
    const real *w = c->w;

    for (int i = 0; i < c->I; i++, w += O, dw += O)
        for (int j = 0; j < O; j++)
            dw[j] += step * sum[j] * w[j];
}
