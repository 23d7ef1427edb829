// Matrix products: our own loops, or OpenBLAS where these are slower, single-threaded: its own threads lose half the
// speed at our sizes and change bits.
#include "kernels/kernels.h"

#include "kernels/kernels_impl.h"
#include <cblas.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

// LAPACK comes with OpenBLAS; its C header is another package's, its Fortran symbol is always there.
extern void dsyev_(const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
    const int *lwork, int *info, size_t jobz_length, size_t uplo_length);

extern void dgeqrf_(
    const int *m, const int *n, double *a, const int *lda, double *tau, double *work, const int *lwork, int *info);
extern void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
    double *work, const int *lwork, int *info);

#ifdef HOURGLASS_DOUBLE
#define cblas_gemm cblas_dgemm
#else
#define cblas_gemm cblas_sgemm
#endif

// OpenBLAS asks OpenMP how many threads it may take, and takes them wherever it is not inside a region of several.
static int threads_take(void)
{
    int threads = omp_get_max_threads();
    if (threads > 1)
        omp_set_num_threads(1);
    return threads;
}

static void threads_give_back(int threads)
{
    if (threads > 1)
        omp_set_num_threads(threads);
}

static CBLAS_TRANSPOSE transpose_flag(bool is_transposed)
{
    return is_transposed ? CblasTrans : CblasNoTrans;
}

// The choice depends only on the shape, so that equal shapes give equal bits.
static bool shape_is_ours(struct gemm_shape s)
{
    return (int64_t)s.M * s.N * s.K <= kernels()->gemm_work;
}

static void library_gemm(struct gemm_shape s, const real *a, const real *b, real beta, real *c)
{
    int threads = threads_take();

    cblas_gemm(CblasRowMajor, transpose_flag(s.ta), transpose_flag(s.tb), s.M, s.N, s.K, 1, a, s.ta ? s.M : s.K, b,
        s.tb ? s.K : s.N, beta, c, s.N);
    threads_give_back(threads);
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
    int threads = threads_take();

    cblas_dgemm(CblasRowMajor, transpose_flag(s.ta), transpose_flag(s.tb), s.M, s.N, s.K, 1, a, s.ta ? s.M : s.K, b,
        s.tb ? s.K : s.N, beta, c, s.N);
    threads_give_back(threads);
}

const char *gemm_corename(void)
{
    return openblas_get_corename();
}

const char *gemm_library(void)
{
    static char name[64];
    int length = 0; // "OpenBLAS 0.3.21 NO_LAPACKE ...": its name and version are enough
    const char *config = openblas_get_config();
    for (int spaces = 0; config[length] && !(config[length] == ' ' && ++spaces == 2); length++)
        ;
    snprintf(name, sizeof name, "%.*s", length, config);
    return name;
}

int eigen_symmetric(int n, double *a, double *values, double *v)
{
    int info, size = n * (n + 2) + 1;
    double *work = malloc((size_t)size * sizeof *work);
    if (!work)
        return -100;
    int threads = threads_take();
    dsyev_("V", "U", &n, a, &n, values, work, &size, &info, 1, 1);
    threads_give_back(threads);
    free(work);
    for (int i = 0; i < n; i++) // LAPACK's rise; its columns in Fortran's order are our rows
        for (int j = 0; j < n; j++)
            v[(size_t)i * (size_t)n + (size_t)j] = a[(size_t)(n - 1 - i) * (size_t)n + (size_t)j];
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
    int info, size = BLOCK * rows;
    double *work = malloc(((size_t)size + (size_t)rows) * sizeof *work), *tau = work ? work + size : NULL;
    if (!work)
        return -100;

    int threads = threads_take();
    dgeqrf_(&columns, &rows, a, &columns, tau, work, &size, &info);
    if (!info)
        dorgqr_(&columns, &rows, &rows, a, &columns, tau, work, &size, &info);
    threads_give_back(threads);
    free(work);

    return info;
}
