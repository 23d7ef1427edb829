// Penalties on what a layer puts out: sparse codes. The divergence is A. Ng's (CS294A lecture notes, "Sparse
// autoencoder"), with the mean over the rows of a shard: nothing but gradients and loss sums crosses shards.
#include "nn/nn_impl.h"

#include <math.h>

static const double least = 1e-7; // means are kept that far from 0 and 1

enum { STRETCH = 64 }; // units whose means are taken at a time, row by row

// mean (n) := of the units [first, first + n) over the rows
static void unit_means(int rows, int units, const real *y, int first, int n, double mean[STRETCH])
{
    for (int j = 0; j < n; j++)
        mean[j] = 0;
    for (int i = 0; i < rows; i++) {
        const real *row = y + (size_t)i * (size_t)units + (size_t)first;
        for (int j = 0; j < n; j++)
            mean[j] += (double)row[j];
    }
    for (int j = 0; j < n; j++)
        mean[j] = fmin(fmax(mean[j] / rows, least), 1 - least);
}

static double divergence(double rho, double mean)
{
    return rho * log(rho / mean) + (1 - rho) * log((1 - rho) / (1 - mean));
}

static int stretch_of(int units, int first)
{
    return units - first < STRETCH ? units - first : STRETCH;
}

double activity_penalty(const struct activity *a, int rows, int units, const real *y)
{
    double sum = 0, mean[STRETCH];
    for (size_t i = 0; a->l1 > 0 && i < (size_t)rows * (size_t)units; i++)
        sum += a->l1 * fabs((double)y[i]);
    for (int first = 0; a->beta > 0 && first < units; first += STRETCH) {
        int n = stretch_of(units, first);
        unit_means(rows, units, y, first, n, mean);
        for (int j = 0; j < n; j++)
            sum += rows * a->beta * divergence(a->rho, mean[j]);
    }
    return sum;
}

static void sparsity_backward(const struct activity *a, int rows, int batch_rows, int units, const real *y, real *dy)
{
    double mean[STRETCH];
    real slope[STRETCH];
    for (int first = 0; first < units; first += STRETCH) {
        int n = stretch_of(units, first);
        unit_means(rows, units, y, first, n, mean);
        for (int j = 0; j < n; j++)
            slope[j] = (real)(a->beta / batch_rows * ((1 - a->rho) / (1 - mean[j]) - a->rho / mean[j]));
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < n; j++)
                dy[(size_t)i * (size_t)units + (size_t)(first + j)] += slope[j];
    }
}

void activity_backward(const struct activity *a, int rows, int batch_rows, int units, const real *y, real *dy)
{
    real step = (real)(a->l1 / batch_rows);
    for (size_t i = 0; a->l1 > 0 && i < (size_t)rows * (size_t)units; i++)
        dy[i] += y[i] > 0 ? step : y[i] < 0 ? -step : 0;
    if (a->beta > 0)
        sparsity_backward(a, rows, batch_rows, units, y, dy);
}
