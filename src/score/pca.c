// Computes the baseline that an autoencoder has to beat: principal components of the training samples (K. Pearson
// 1901). The error of a sample is computed from what remains when its projection on the first components is subtracted.
//
// With up to COLUMNS_EXACT features, the components are the eigenvectors of the covariance matrix. For more features
// that matrix is too large. Then the components come from subspace iteration with a random start (Halko, Martinsson and
// Tropp 2011, SIAM Review 53, algorithm 4.4): a few more vectors than components are repeatedly multiplied by the
// covariance matrix and made orthonormal. Their product with that matrix is computed from the samples, without the
// matrix itself. Everything is serial and seeded, so the bits depend only on the data.
#include "score/pca.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"
#include "data/gather.h"
#include "kernels/kernels.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 256, COLUMNS_EXACT = 4096, SPARE_VECTORS = 16, ITERATIONS = 8 };

struct pca {
    int columns, components;
    real *x;         // (ROWS, columns), owned, like all arrays here
    double *centred; // (ROWS, columns): samples minus the mean
    double *along;   // (ROWS, axes or vectors): coordinates of samples along the axes, or along the iterated vectors
    double *mean;    // (columns)
    double *axes;    // (at least components, columns): one axis per row, largest variance first
};

// Returns how many rows the piece that begins with row `first` has.
static int piece_rows(const struct dataset *d, int64_t first)
{
    return d->rows - first < ROWS ? (int)(d->rows - first) : ROWS;
}

// Sets p->centred to rows [first, first + rows) minus the mean.
static void centre_piece(struct pca *p, const struct dataset *d, int64_t first, int rows)
{
    dataset_gather_piece(d, first, rows, p->x);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < p->columns; j++) {
            size_t at = (size_t)i * (size_t)p->columns + (size_t)j;
            p->centred[at] = (double)p->x[at] - p->mean[j];
        }
}

static void find_mean(struct pca *p, const struct dataset *d)
{
    for (int64_t first = 0; first < d->rows; first += ROWS) {
        int rows = piece_rows(d, first);
        dataset_gather_piece(d, first, rows, p->x);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < p->columns; j++)
                p->mean[j] += (double)p->x[(size_t)i * (size_t)p->columns + (size_t)j];
    }
    for (int j = 0; j < p->columns; j++)
        p->mean[j] /= (double)d->rows;
}

// --- few features: eigenvectors of the covariance matrix

// Adds the products of the rows of p->x, minus the mean, to the covariance matrix (columns, columns).
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

// Finds all axes. Returns 0, or -1 and an error.
static int find_exact_axes(struct pca *p, const struct dataset *d, struct err *e)
{
    size_t n = (size_t)p->columns;
    double *covariance = mem_array(n * n + n, sizeof *covariance, "the covariance matrix", e);
    if (!covariance)
        return -1;

    for (int64_t first = 0; first < d->rows; first += ROWS) {
        int rows = piece_rows(d, first);
        dataset_gather_piece(d, first, rows, p->x);
        add_covariance(p, rows, covariance);
    }
    int info = eigen_symmetric(p->columns, covariance, covariance + n * n, p->axes);
    free(covariance);

    return info ? err_add(e, ERR_SOFTWARE, "score.baseline: LAPACK found no eigenvectors (info %d)", info) : 0;
}

// --- many features: subspace iteration

// Returns the number of vectors of the subspace iteration.
static int iterated_vectors(int64_t rows, int columns, int components)
{
    int64_t n = (int64_t)components + SPARE_VECTORS;
    n = n < columns ? n : columns;
    return (int)(n < rows ? n : rows);
}

// Sets out (vectors, columns) to the product of q (vectors, columns) and the covariance matrix. The product is not
// divided by the number of rows, because only its directions are used.
static void multiply_covariance(struct pca *p, const struct dataset *d, int vectors, const double *q, double *out)
{
    memset(out, 0, (size_t)vectors * (size_t)p->columns * sizeof *out);
    for (int64_t first = 0; first < d->rows; first += ROWS) {
        int rows = piece_rows(d, first);
        centre_piece(p, d, first, rows);
        gemm_double((struct gemm_shape){false, true, rows, vectors, p->columns}, p->centred, q, 0, p->along);
        gemm_double((struct gemm_shape){true, false, vectors, p->columns, rows}, p->along, p->centred, 1, out);
    }
}

// Finds the axes within the span of the rows of q (vectors, columns): the eigenvectors of the covariance restricted to
// this span (the Rayleigh-Ritz method). spare (vectors, columns) is scratch. Returns 0, or -1 and an error.
static int rotate_axes(struct pca *p, const struct dataset *d, int vectors, double *q, double *spare, struct err *e)
{
    size_t n = (size_t)vectors;
    ASSERT(p->components <= vectors, "%d components of %d vectors", p->components, vectors);
    double *small = mem_array(2 * n * n + n, sizeof *small, "principal components", e);
    if (!small)
        return -1;

    multiply_covariance(p, d, vectors, q, spare);
    gemm_double((struct gemm_shape){false, true, vectors, vectors, p->columns}, spare, q, 0, small);
    int info = eigen_symmetric(vectors, small, small + 2 * n * n, small + n * n);
    gemm_double((struct gemm_shape){false, false, p->components, p->columns, vectors}, small + n * n, q, 0, p->axes);
    free(small);

    return info ? err_add(e, ERR_SOFTWARE, "score.baseline: LAPACK found no eigenvectors (info %d)", info) : 0;
}

// Finds the first axes by subspace iteration. Returns 0, or -1 and an error.
static int iterate_axes(struct pca *p, const struct dataset *d, int vectors, struct err *e)
{
    size_t n = (size_t)vectors * (size_t)p->columns;
    double *q = mem_array(2 * n, sizeof *q, "principal components", e);
    if (!q)
        return -1;

    for (size_t i = 0; i < n; i++)
        q[i] = (double)random_unit(random_at(0, RANDOM_BASELINE, 0, i).v[0]) - 0.5;
    int info = orthonormal_rows(vectors, p->columns, q);
    for (int k = 0; k < ITERATIONS && !info; k++) {
        multiply_covariance(p, d, vectors, q, q + n);
        memcpy(q, q + n, n * sizeof *q);
        info = orthonormal_rows(vectors, p->columns, q);
    }

    int rc = info ? err_add(e, ERR_SOFTWARE, "score.baseline: LAPACK made no vectors orthonormal (info %d)", info)
                  : rotate_axes(p, d, vectors, q, q + n, e);
    free(q);

    return rc;
}

// --- errors

// Subtracts from one row (columns) its projection on the components.
static void subtract_projection(const struct pca *p, double *difference)
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

// Subtracts the projections from all rows of p->centred. Rows of few features are done one by one, so that the bits of
// existing results do not change.
static void subtract_projections(struct pca *p, int rows)
{
    if (p->columns <= COLUMNS_EXACT) {
        for (int i = 0; i < rows; i++)
            subtract_projection(p, p->centred + (size_t)i * (size_t)p->columns);
        return;
    }

    gemm_double((struct gemm_shape){false, true, rows, p->components, p->columns}, p->centred, p->axes, 0, p->along);
    for (size_t i = 0; i < (size_t)rows * (size_t)p->components; i++)
        p->along[i] = -p->along[i];
    gemm_double((struct gemm_shape){false, false, rows, p->columns, p->components}, p->along, p->axes, 1, p->centred);
}

static float baseline_error(const double *difference, int n, enum error error)
{
    double sum = 0;
    for (int j = 0; j < n; j++)
        sum += error == ERROR_MAE ? fabs(difference[j]) : difference[j] * difference[j];
    return (float)(error == ERROR_L2 ? sqrt(sum) : sum / n);
}

float *pca_errors(struct pca *p, const struct dataset *d, enum error error, struct err *e)
{
    ASSERT(d->columns == p->columns, "%d columns, not %d", d->columns, p->columns);
    float *out = mem_array((size_t)d->rows, sizeof *out, "errors of the baseline", e);

    for (int64_t first = 0; out && first < d->rows; first += ROWS) {
        int rows = piece_rows(d, first);
        centre_piece(p, d, first, rows);
        subtract_projections(p, rows);
        for (int i = 0; i < rows; i++) {
            bool is_unscored = d->is_unscored && d->is_unscored[first + i];
            const double *left = p->centred + (size_t)i * (size_t)p->columns;
            out[first + i] = is_unscored ? NAN : baseline_error(left, p->columns, error);
        }
    }
    return out;
}

// --- the whole

double pca_bytes(int64_t rows, int columns, int components)
{
    double n = columns;
    double vectors = iterated_vectors(rows, columns, components);
    if (columns <= COLUMNS_EXACT)
        return 8 * (2 * n * n + 3 * ROWS * n);
    return 8 * n * (2 * vectors + components + 2 * ROWS);
}

struct pca *pca_new(const struct dataset *train, int components, struct err *e)
{
    struct pca *p = mem_new(1, sizeof *p);
    size_t n = (size_t)train->columns;

    ASSERT(components >= 1 && train->rows >= 1, "%d components of %lld rows", components, (long long)train->rows);
    bool is_exact = train->columns <= COLUMNS_EXACT;
    int vectors = iterated_vectors(train->rows, train->columns, components);
    int most = is_exact ? train->columns : vectors;
    int before = e->count;

    p->columns = train->columns;
    p->components = components < most ? components : most;
    p->x = mem_array(ROWS * n, sizeof *p->x, "a piece of the data", e);
    p->centred = mem_array(ROWS * n, sizeof *p->centred, "a piece of the data", e);
    p->along = mem_array(ROWS * (size_t)most, sizeof *p->along, "a piece of the data", e);
    p->mean = mem_array(n, sizeof *p->mean, "the mean", e);
    p->axes = mem_array((is_exact ? n : (size_t)p->components) * n, sizeof *p->axes, "principal components", e);

    int rc = e->count > before ? -1 : 0;
    if (rc == 0) {
        find_mean(p, train);
        rc = is_exact ? find_exact_axes(p, train, e) : iterate_axes(p, train, vectors, e);
    }
    if (rc < 0)
        pca_free(&p);

    return p;
}

void pca_free(struct pca **p)
{
    if (!*p)
        return;
    free((*p)->x);
    free((*p)->centred);
    free((*p)->along);
    free((*p)->mean);
    free((*p)->axes);
    free(*p);
    *p = NULL;
}
