// Products of small matrices: below some thousand multiplications a library spends its time on packing and dispatch.
// A tile of rows by a strip of columns stays in registers while the inner dimension runs.
#include "kernels/loops.h"

enum { TILE_ROWS = 4, STRIP = 64 / sizeof(real) };

// c (rows, columns) := beta c + a b for one tile; element (i, k) of a lies at a[i * as + k * ak], b is (K, ldb)
// row-major. rows <= TILE_ROWS and columns <= STRIP; with both constant the compiler unrolls it into registers.
static inline __attribute__((always_inline)) void tile(int rows, int columns, int K, const real *restrict a, size_t as,
    size_t ak, const real *restrict b, size_t ldb, real beta, real *restrict c, size_t ldc)
{
    real sum[TILE_ROWS][STRIP] = {{0}};
    for (int k = 0; k < K; k++)
        for (int i = 0; i < rows; i++) {
            real x = a[(size_t)i * as + (size_t)k * ak];
            for (int j = 0; j < columns; j++)
                sum[i][j] += x * b[(size_t)k * ldb + (size_t)j];
        }
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            real *at = &c[(size_t)i * ldc + (size_t)j];
            *at = beta == 0 ? sum[i][j] : beta * *at + sum[i][j];
        }
}

static void product(int M, int N, int K, const real *a, size_t as, size_t ak, const real *b, real beta, real *c)
{
    size_t ld = (size_t)N;
    for (int i = 0; i < M; i += TILE_ROWS) {
        int rows = M - i < TILE_ROWS ? M - i : TILE_ROWS;
        for (int j = 0; j < N; j += STRIP) {
            int columns = N - j < (int)STRIP ? N - j : (int)STRIP;
            const real *ai = a + (size_t)i * as;
            real *ci = c + (size_t)i * ld + j;
            if (rows == TILE_ROWS && columns == STRIP)
                tile(TILE_ROWS, STRIP, K, ai, as, ak, b + j, ld, beta, ci, ld);
            else if (rows == TILE_ROWS)
                tile(TILE_ROWS, columns, K, ai, as, ak, b + j, ld, beta, ci, ld);
            else
                tile(rows, columns, K, ai, as, ak, b + j, ld, beta, ci, ld);
        }
    }
}

static void small_gemm(bool ta, bool tb, int M, int N, int K, const real *a, const real *b, real beta, real *c)
{
    real turned[SMALL_GEMM_B];
    if (tb) { // b is (N, K): turned once, so that the inner loop runs along rows
        for (int j = 0; j < N; j++)
            for (int k = 0; k < K; k++)
                turned[k * N + j] = b[j * K + k];
        b = turned;
    }
    product(M, N, K, a, ta ? 1 : (size_t)K, ta ? (size_t)M : 1, b, beta, c);
}

void LOOP(gemm_loops)(struct kernels *k)
{
    k->small_gemm = small_gemm;
}
