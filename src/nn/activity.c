// Penalties on the output of a layer, which make codes sparse. The divergence is that of A. Ng (CS294A lecture notes,
// "Sparse autoencoder"). It uses the mean over the rows of a shard, not of the batch, because shards exchange only
// gradients and sums of losses.
#include "nn/nn_impl.h"

#include <math.h>

static const double least = 1e-7; // means keep at least this distance from 0 and 1

enum { STRETCH = 64 }; // units whose means are computed together, row by row

// mean (n) := for each unit in [first, first + n), the mean over the rows, kept within [least, 1 - least]
static void unit_means(int rows, int units, const real *y, int first, int n, double mean[STRETCH])
{
    ASSERT(rows > 0 && n <= STRETCH && first + n <= units, "%d rows, units %d to %d", rows, first, first + n);
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

// Returns the Kullback-Leibler divergence of two Bernoulli distributions, in which 1 has the probabilities `rho` and
// `mean`.
static double coin_divergence(double rho, double mean)
{
    return rho * log(rho / mean) + (1 - rho) * log((1 - rho) / (1 - mean));
}

static int stretch_length(int units, int first)
{
    return units - first < STRETCH ? units - first : STRETCH;
}

double activity_penalty(const struct activity *a, int rows, int units, const real *y)
{
    double sum = 0, mean[STRETCH];
    for (size_t i = 0; a->l1 > 0 && i < (size_t)rows * (size_t)units; i++)
        sum += a->l1 * fabs((double)y[i]);

    for (int first = 0; a->beta > 0 && first < units; first += STRETCH) {
        int n = stretch_length(units, first);
        unit_means(rows, units, y, first, n, mean);
        for (int j = 0; j < n; j++)
            sum += rows * a->beta * coin_divergence(a->rho, mean[j]);
    }

    return sum;
}

static void sparsity_backward(const struct activity *a, int rows, int batch_rows, int units, const real *y, real *dy)
{
    double mean[STRETCH];
    real slope[STRETCH];

    for (int first = 0; first < units; first += STRETCH) {
        int n = stretch_length(units, first);
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
    const real step = (real)(a->l1 / batch_rows);
    ASSERT(rows <= batch_rows, "%d rows of a batch of %d", rows, batch_rows);

    for (size_t i = 0; a->l1 > 0 && i < (size_t)rows * (size_t)units; i++)
        dy[i] += step * ((y[i] > 0) - (y[i] < 0));
    if (a->beta > 0)
        sparsity_backward(a, rows, batch_rows, units, y, dy);
}
