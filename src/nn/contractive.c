// The contractive penalty (Rifai et al. 2011) of a dense layer y = f(z), z = x W + b: a sample's is `strength` times
// the squared Frobenius norm of dy/dx, which is sum_j f'(z_j)^2 n_j with n_j = sum_i W_ij^2.
#include "nn/contractive.h"

// Parts of `kept`: (B, O) first and second derivatives of f; (O) the n above, and the sums over the rows of f'^2.
struct parts {
    real *first, *second, *norm, *sum;
};

static struct parts parts_of(int B, int O, real *kept)
{
    size_t n = (size_t)B * (size_t)O;
    return (struct parts){kept, kept + n, kept + 2 * n, kept + 2 * n + (size_t)O};
}

// sum (O) := sums over the rows of the squares of a (M, O)
static void square_sums(int M, int O, const real *restrict a, real *restrict sum)
{
    for (int j = 0; j < O; j++)
        sum[j] = 0;
    for (int i = 0; i < M; i++, a += O)
        for (int j = 0; j < O; j++)
            sum[j] += a[j] * a[j];
}

double contractive_penalty(
    double strength, enum activation f, int B, int I, int O, const real *w, const real *z, real *kept)
{
    struct parts k = parts_of(B, O, kept);
    double total = 0;
    kernels()->slopes(f, (size_t)B * (size_t)O, z, k.first, k.second);
    square_sums(I, O, w, k.norm);
    square_sums(B, O, k.first, k.sum);
    for (int j = 0; j < O; j++)
        total += (double)k.norm[j] * (double)k.sum[j];
    return strength * total;
}

const real *contractive_add_slope(double strength, int B, int O, int batch_rows, const real *dz, real *kept)
{
    struct parts k = parts_of(B, O, kept);
    const real step = (real)(2 * strength / batch_rows), *restrict first = k.first, *restrict norm = k.norm;
    real *restrict sum = k.second;
    for (int i = 0; i < B; i++, dz += O, first += O, sum += O)
        for (int j = 0; j < O; j++)
            sum[j] = dz[j] + step * norm[j] * first[j] * sum[j];
    return k.second;
}

void contractive_add_weights(double strength, int B, int I, int O, int batch_rows, const real *w, real *dw, real *kept)
{
    const real step = (real)(2 * strength / batch_rows), *restrict sum = parts_of(B, O, kept).sum;
    for (int i = 0; i < I; i++, w += O, dw += O)
        for (int j = 0; j < O; j++)
            dw[j] += step * sum[j] * w[j];
}
