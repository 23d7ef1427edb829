// Penalties on what a layer puts out: sparse codes. The divergence is A. Ng's (CS294A lecture notes, "Sparse
// autoencoder"), with the mean over the rows of a shard: nothing but gradients and loss sums crosses shards.
#include "nn/nn_impl.h"

#include <math.h>

static const double least = 1e-7; // means are kept that far from 0 and 1

static double unit_mean(int rows, int units, const real *y, int unit)
{
    double sum = 0;
    for (int i = 0; i < rows; i++)
        sum += (double)y[(size_t)i * (size_t)units + (size_t)unit];
    return fmin(fmax(sum / rows, least), 1 - least);
}

static double divergence(double rho, double mean)
{
    return rho * log(rho / mean) + (1 - rho) * log((1 - rho) / (1 - mean));
}

double activity_penalty(const struct activity *a, int rows, int units, const real *y)
{
    double sum = 0;
    for (size_t i = 0; a->l1 > 0 && i < (size_t)rows * (size_t)units; i++)
        sum += a->l1 * fabs((double)y[i]);
    for (int j = 0; a->beta > 0 && j < units; j++)
        sum += rows * a->beta * divergence(a->rho, unit_mean(rows, units, y, j));
    return sum;
}

void activity_backward(const struct activity *a, int rows, int batch_rows, int units, const real *y, real *dy)
{
    real step = (real)(a->l1 / batch_rows);
    for (size_t i = 0; a->l1 > 0 && i < (size_t)rows * (size_t)units; i++)
        dy[i] += y[i] > 0 ? step : y[i] < 0 ? -step : 0;
    for (int j = 0; a->beta > 0 && j < units; j++) {
        double mean = unit_mean(rows, units, y, j);
        real slope = (real)(a->beta / batch_rows * ((1 - a->rho) / (1 - mean) - a->rho / mean));
        for (int i = 0; i < rows; i++)
            dy[(size_t)i * (size_t)units + (size_t)j] += slope;
    }
}
