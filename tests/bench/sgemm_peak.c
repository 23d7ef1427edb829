// The most that one core does here: GFLOP/s of a large single-precision matrix product, best of several.
// links: kernels base
#include "base/clock.h"
#include "kernels/kernels.h"
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    enum { N = 1536, RUNS = 8 };
    real *a = calloc((size_t)N * N, sizeof *a), *b = calloc((size_t)N * N, sizeof *b),
         *c = calloc((size_t)N * N, sizeof *c);
    if (!a || !b || !c)
        return 1;
    for (int i = 0; i < N * N; i++)
        a[i] = b[i] = (real)(i % 7);
    double best = 1e9;
    for (int i = 0; i < RUNS; i++) {
        double start = clock_wall();
        gemm((struct gemm_shape){false, false, N, N, N}, a, b, 0, c);
        best = clock_wall() - start < best ? clock_wall() - start : best;
    }
    printf("%.1f\n", 2.0 * N * N * N / best * 1e-9);
    free(a);
    free(b);
    free(c);
    return 0;
}
