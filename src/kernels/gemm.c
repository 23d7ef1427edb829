// Matrix products and linear algebra: our own loops, and OpenBLAS where it is faster.
//
// OpenBLAS always runs on the calling thread: its own threads lose half the speed at our sizes and change bits.
// OpenBLAS asks OpenMP how many threads it may use, and starts them unless it is called in a parallel region. Therefore
// every call of OpenBLAS is between threads_limit() and threads_restore().
#include "kernels/kernels.h"

#include "base/err.h"
#include <cblas.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// LAPACK is part of OpenBLAS. Its C header is in another package, but its Fortran symbols are always there.
extern void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
    const int *lwork, int *info, size_t jobz_length, size_t uplo_length);
extern void dgeqrf_(
    const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork, int *info);
extern void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
    double *work, const int *lwork, int *info);

enum { NO_MEMORY = -100 }; // other negative results are from LAPACK: -i means that argument i is wrong

#ifdef HOURGLASS_DOUBLE
#define cblas_gemm cblas_dgemm
#else
#define cblas_gemm cblas_sgemm
#endif

// Allows OpenBLAS only one thread. Returns the number of threads for threads_restore.
static int threads_limit(void)
{
    int threads = omp_get_max_threads();
    if (threads > 1)
        omp_set_num_threads(1);
    return threads;
}

static void threads_restore(int threads)
{
    if (threads > 1)
        omp_set_num_threads(threads);
}

static CBLAS_TRANSPOSE transpose_flag(bool is_transposed)
{
    return is_transposed ? CblasTrans : CblasNoTrans;
}

// Returns true if our own loops, and not OpenBLAS, compute products of this shape. The choice depends only on the
// shape, so that equal shapes give equal bits.
static bool shape_is_ours(struct gemm_shape s)
{
    return (int64_t)s.M * s.N * s.K <= kernels()->gemm_work;
}

// Returns the distance between rows of a as it is stored; ldb_of does the same for b.
static int lda_of(struct gemm_shape s)
{
    return s.ta ? s.M : s.K;
}

static int ldb_of(struct gemm_shape s)
{
    return s.tb ? s.K : s.N;
}

static void library_gemm(struct gemm_shape s, const real *a, const real *b, real beta, real *c)
{
    int threads = threads_limit();
    cblas_gemm(CblasRowMajor, transpose_flag(s.ta), transpose_flag(s.tb), s.M, s.N, s.K, 1, a, lda_of(s), b, ldb_of(s),
        beta, c, s.N);
    threads_restore(threads);
}

void gemm(struct gemm_shape s, const real *a, const real *b, real beta, real *c)
{
    if (shape_is_ours(s))
        kernels()->gemm(0, s.M, s, a, b, beta, NULL, c);
    else
        library_gemm(s, a, b, beta, c);
}

bool gemm_rows(int first, int last, struct gemm_shape s, const real *a, const real *b, real beta, real *c)
{
    ASSERT(0 <= first && first <= last && last <= s.M, "rows %d to %d of %d", first, last, s.M);
    if (!shape_is_ours(s))
        return false;
    kernels()->gemm(first, last, s, a, b, beta, NULL, c);
    return true;
}

void gemm_bias(struct gemm_shape s, const real *a, const real *b, const real *bias, real *c)
{
    if (shape_is_ours(s)) {
        kernels()->gemm(0, s.M, s, a, b, 0, bias, c);
        return;
    }

    if (bias)
        kernels()->fill_rows(s.M, s.N, bias, c);
    library_gemm(s, a, b, bias ? 1 : 0, c);
}

void gemm_double(struct gemm_shape s, const double *a, const double *b, double beta, double *c)
{
    int threads = threads_limit();
    cblas_dgemm(CblasRowMajor, transpose_flag(s.ta), transpose_flag(s.tb), s.M, s.N, s.K, 1, a, lda_of(s), b, ldb_of(s),
        beta, c, s.N);
    threads_restore(threads);
}

const char *gemm_corename(void)
{
    return openblas_get_corename();
}

const char *gemm_library(void)
{
    static char name[64];
    const char *config = openblas_get_config(); // "OpenBLAS 0.3.21 NO_LAPACKE ..."
    int length = 0;

    for (int spaces = 0; config[length] && !(config[length] == ' ' && ++spaces == 2); length++)
        ;

    snprintf(name, sizeof name, "%.*s", length, config);
    return name;
}

// LAPACK's eigenvalues ascend, ours descend. LAPACK stores matrices in Fortran's order: each of its columns is a row
// for us.
int eigen_symmetric(int n, double *a, double *values, double *v)
{
    ASSERT(n > 0, "%d", n);
    int info, size = n * (n + 2) + 1;
    double *work = malloc((size_t)size * sizeof *work);
    if (!work)
        return NO_MEMORY;

    int threads = threads_limit();
    dsyev_("V", "U", &n, a, &n, values, work, &size, &info, 1, 1);
    threads_restore(threads);
    free(work);

    for (int i = 0; i < n; i++)
        memcpy(v + (size_t)i * (size_t)n, a + (size_t)(n - 1 - i) * (size_t)n, (size_t)n * sizeof *v);
    for (int i = 0; i < n / 2; i++) {
        double t = values[i];
        values[i] = values[n - 1 - i];
        values[n - 1 - i] = t;
    }

    return info;
}

// Our rows are the columns of a matrix in Fortran's order.
int orthonormal_rows(int rows, int columns, double *a)
{
    enum { BLOCK = 64 };
    ASSERT(0 < rows && rows <= columns, "%d rows of %d columns", rows, columns);
    int info, size = BLOCK * rows;
    double *work = malloc(((size_t)size + (size_t)rows) * sizeof *work);
    if (!work)
        return NO_MEMORY;

    double *tau = work + size;
    int threads = threads_limit();
    dgeqrf_(&columns, &rows, a, &columns, tau, work, &size, &info);
    if (!info)
        dorgqr_(&columns, &rows, &rows, a, &columns, tau, work, &size, &info);
    threads_restore(threads);
    free(work);

    return info;
}
