// The baseline that an autoencoder has to beat: principal components of the training samples (K. Pearson 1901), by
// eigenvectors of the covariance matrix; a sample's error is what its projection on the first components leaves.
#include "score/score.h"

#include "base/mem.h"
#include "data/gather.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 256, COLUMNS_MAX = 4096 };

struct pca {
    int columns, components;
    real *x;      // (ROWS, columns)
    double *mean; // (columns)
    double *axes; // (columns, columns): eigenvectors as rows, largest variance first
};

static void gather_rows(const struct dataset *d, int64_t first, int rows, real *x)
{
    int32_t list[ROWS];
    for (int i = 0; i < rows; i++)
        list[i] = (int32_t)(first + i);
    dataset_gather(d, list, rows, x);
}

static int rows_at(const struct dataset *d, int64_t first)
{
    return d->rows - first < ROWS ? (int)(d->rows - first) : ROWS;
}

static void find_mean(struct pca *p, const struct dataset *d)
{
    for (int64_t first = 0; first < d->rows; first += ROWS) {
        int rows = rows_at(d, first);
        gather_rows(d, first, rows, p->x);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < p->columns; j++)
                p->mean[j] += (double)p->x[i * p->columns + j];
    }
    for (int j = 0; j < p->columns; j++)
        p->mean[j] /= (double)d->rows;
}

// The upper triangle is enough for whoever takes eigenvectors of it; both are filled.
static void add_covariance(const struct pca *p, int rows, double *covariance)
{
    size_t n = (size_t)p->columns;
    for (int i = 0; i < rows; i++) {
        const real *x = p->x + (size_t)i * n;
        for (size_t j = 0; j < n; j++) {
            double dj = (double)x[j] - p->mean[j];
            for (size_t k = 0; k < n && dj != 0; k++)
                covariance[j * n + k] += dj * ((double)x[k] - p->mean[k]);
        }
    }
}

static int find_axes(struct pca *p, const struct dataset *d, struct err *e)
{
    size_t n = (size_t)p->columns;
    double *covariance = mem_array(n * n + n, sizeof *covariance, "the covariance matrix", e);
    if (!covariance)
        return -1;
    for (int64_t first = 0; first < d->rows; first += ROWS) {
        int rows = rows_at(d, first);
        gather_rows(d, first, rows, p->x);
        add_covariance(p, rows, covariance);
    }
    int info = eigen_symmetric(p->columns, covariance, covariance + n * n, p->axes);
    free(covariance);
    return info ? err_add(e, ERR_SOFTWARE, "score.baseline: LAPACK found no eigenvectors (info %d)", info) : 0;
}

// What the projection leaves of one row: difference (columns), destroyed.
static void remove_projection(const struct pca *p, double *difference)
{
    for (int k = 0; k < p->components; k++) {
        const double *axis = p->axes + (size_t)k * (size_t)p->columns;
        double along = 0;
        for (int j = 0; j < p->columns; j++)
            along += axis[j] * difference[j];
        for (int j = 0; j < p->columns; j++)
            difference[j] -= along * axis[j];
    }
}

static float row_error(const double *difference, int n, enum error error)
{
    double sum = 0;
    for (int j = 0; j < n; j++)
        sum += error == ERROR_MAE ? fabs(difference[j]) : difference[j] * difference[j];
    return (float)(error == ERROR_L2 ? sqrt(sum) : sum / n);
}

static void find_errors(const struct pca *p, const struct dataset *d, enum error error, double *difference, float *out)
{
    for (int64_t first = 0; first < d->rows; first += ROWS) {
        int rows = rows_at(d, first);
        gather_rows(d, first, rows, p->x);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < p->columns; j++)
                difference[j] = (double)p->x[(size_t)i * (size_t)p->columns + (size_t)j] - p->mean[j];
            remove_projection(p, difference);
            bool is_unscored = d->is_unscored && d->is_unscored[first + i];
            out[first + i] = is_unscored ? NAN : row_error(difference, p->columns, error);
        }
    }
}

float *pca_errors(const struct dataset *train, const struct dataset *d, int components, enum error error, struct err *e)
{
    size_t n = (size_t)train->columns;
    if (train->columns > COLUMNS_MAX) {
        err_add(e, ERR_USAGE, "score.baseline: pca of %d features, allowed: at most %d", train->columns, COLUMNS_MAX);
        return NULL;
    }
    struct pca p = {.columns = train->columns, .components = components < train->columns ? components : train->columns};
    p.x = mem_array(ROWS * n, sizeof *p.x, "a piece of the data", e);
    p.mean = mem_array(2 * n, sizeof *p.mean, "the mean", e);
    p.axes = mem_array(n * n, sizeof *p.axes, "principal components", e);
    float *out = mem_array((size_t)d->rows, sizeof *out, "errors of the baseline", e);
    int failed = e->count;
    if (!failed) {
        find_mean(&p, train);
        failed = find_axes(&p, train, e);
    }
    if (!failed)
        find_errors(&p, d, error, p.mean + n, out);
    else
        free(out);
    free(p.x);
    free(p.mean);
    free(p.axes);
    return failed ? NULL : out;
}
