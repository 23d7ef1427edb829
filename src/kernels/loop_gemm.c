// Products of small matrices: below some thousand multiplications a library spends its time on packing and dispatch.
// A tile of rows by a strip of columns stays in registers while the inner dimension runs.
#include "kernels/loops.h"

#include <string.h>

enum { STRIP = SMALL_GEMM_STRIP };
typedef real strip __attribute__((vector_size(STRIP * sizeof(real)), aligned(sizeof(real))));

// b (K, N), or (N, K) where tb is set, as strips of STRIP columns: (strips, K, STRIP), the last one filled up with
// zeros.
static void pack(bool tb, int N, int K, const real *restrict b, real *restrict packed)
{
    for (int first = 0; first < N; first += STRIP, packed += K * STRIP) {
        int columns = N - first < STRIP ? N - first : STRIP;
        if (columns < STRIP)
            memset(packed, 0, (size_t)K * STRIP * sizeof *packed);
        for (int k = 0; k < K && !tb; k++)
            memcpy(packed + k * STRIP, b + k * N + first, (size_t)columns * sizeof *b);
        for (int j = 0; j < columns && tb; j++)
            for (int k = 0; k < K; k++)
                packed[k * STRIP + j] = b[(first + j) * K + k];
    }
}

// Copies 1 to STRIP elements in two moves of fixed size that may overlap: a library call for each row would cost more.
static inline void copy_columns(real *to, const real *from, int columns)
{
#define COPY_FROM(size)                                     \
    if (columns >= (size)) {                                \
        real head[size], tail[size];                        \
        memcpy(head, from, sizeof head);                    \
        memcpy(tail, from + columns - (size), sizeof tail); \
        memcpy(to, head, sizeof head);                      \
        memcpy(to + columns - (size), tail, sizeof tail);   \
        return;                                             \
    }
    COPY_FROM(8)
    COPY_FROM(4)
    COPY_FROM(2)
    COPY_FROM(1)
#undef COPY_FROM
}

// c (rows, columns) := beta c + a b for one tile; element (i, k) of a lies at a[i * as + k * ak]. `rows` is a constant
// where this is inlined, so that the sums live in registers.
static inline __attribute__((always_inline)) void tile(int rows, int columns, int K, const real *restrict a, size_t as,
    size_t ak, const real *restrict b, real beta, real *restrict c, size_t ldc)
{
    strip sum[8] = {{0}};
    for (int k = 0; k < K; k++) {
        strip bk = *(const strip *)(b + k * STRIP);
        for (int i = 0; i < rows; i++)
            sum[i] += a[(size_t)i * as + (size_t)k * ak] * bk;
    }
    for (int i = 0; i < rows; i++, c += ldc) {
        real edge[STRIP] = {0};
        if (columns == STRIP) {
            *(strip *)c = beta == 0 ? sum[i] : beta * *(strip *)c + sum[i];
            continue;
        }
        if (beta != 0)
            copy_columns(edge, c, columns);
        *(strip *)edge = beta * *(strip *)edge + sum[i];
        copy_columns(c, edge, columns);
    }
}

static void small_gemm(bool ta, bool tb, int M, int N, int K, const real *a, const real *b, real beta, real *c)
{
    real packed[SMALL_GEMM_B] __attribute__((aligned(64)));
    size_t as = ta ? 1 : (size_t)K, ak = ta ? (size_t)M : 1, ld = (size_t)N;
    pack(tb, N, K, b, packed);
    for (int j = 0; j < N; j += STRIP) {
        int columns = N - j < STRIP ? N - j : STRIP, i = 0;
        const real *bj = packed + j * K;
        for (; i + 8 <= M; i += 8)
            tile(8, columns, K, a + (size_t)i * as, as, ak, bj, beta, c + (size_t)i * ld + j, ld);
        for (; i + 2 <= M; i += 2)
            tile(2, columns, K, a + (size_t)i * as, as, ak, bj, beta, c + (size_t)i * ld + j, ld);
        for (; i < M; i++)
            tile(1, columns, K, a + (size_t)i * as, as, ak, bj, beta, c + (size_t)i * ld + j, ld);
    }
}

void LOOP(gemm_loops)(struct kernels *k)
{
    k->small_gemm = small_gemm;
}
