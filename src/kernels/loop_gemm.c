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

// c (columns) := beta c + sum, for the first `columns` of a strip. Narrow ones go in pieces of 8, 4, 2 and 1, each of
// which lies whole in a half of the stored sum: the processor forwards such loads, and stalls on others.
static inline __attribute__((always_inline)) void put(int columns, const strip *sum, real beta, real *c)
{
    if (columns >= STRIP) {
        *(strip *)c = beta == 0 ? *sum : beta * *(strip *)c + *sum;
        return;
    }
    real edge[STRIP] __attribute__((aligned(64)));
    *(strip *)edge = *sum;
    for (int width = STRIP / 2, at = 0; width > 0; width /= 2)
        if (columns & width) {
            for (int j = at; j < at + width; j++)
                c[j] = beta == 0 ? edge[j] : beta * c[j] + edge[j];
            at += width;
        }
}

struct product {
    int K;
    const real *a;
    size_t as, ak; // element (i, k) of a lies at a[i * as + k * ak]
    real beta, *c;
    size_t ldc;
};

// Rows [i, i + rows) of `strips` strips of columns that begin at column j; b points to the first of the packed strips.
// rows and strips are constants where this is inlined, so that the sums live in registers.
static inline __attribute__((always_inline)) void tile(
    const struct product *p, int rows, int strips, int i, int j, const real *b)
{
    strip sum[8][2] = {{{0}}};
    const real *a = p->a + (size_t)i * p->as;
    real *c = p->c + (size_t)i * p->ldc + (size_t)j;
    for (int k = 0; k < p->K; k++)
        for (int s = 0; s < strips; s++) {
            strip bk = *(const strip *)(b + (s * p->K + k) * STRIP);
            for (int r = 0; r < rows; r++)
                sum[r][s] += a[(size_t)r * p->as + (size_t)k * p->ak] * bk;
        }
    for (int r = 0; r < rows; r++, c += p->ldc)
        for (int s = 0; s < strips; s++)
            put((int)p->ldc - j - s * STRIP, &sum[r][s], p->beta, c + s * STRIP);
}

static void small_gemm(bool ta, bool tb, int M, int N, int K, const real *a, const real *b, real beta, real *c)
{
    real packed[SMALL_GEMM_B] __attribute__((aligned(64)));
    struct product p = {K, a, ta ? 1 : (size_t)K, ta ? (size_t)M : 1, beta, c, (size_t)N};
    pack(tb, N, K, b, packed);
    int i, j = 0;
    for (; j + STRIP < N; j += 2 * STRIP) {
        for (i = 0; i + 4 <= M; i += 4)
            tile(&p, 4, 2, i, j, packed + j * K);
        for (; i < M; i++)
            tile(&p, 1, 2, i, j, packed + j * K);
    }
    for (i = 0; j < N && i + 8 <= M; i += 8)
        tile(&p, 8, 1, i, j, packed + j * K);
    for (; j < N && i + 4 <= M; i += 4)
        tile(&p, 4, 1, i, j, packed + j * K);
    for (; j < N && i < M; i++)
        tile(&p, 1, 1, i, j, packed + j * K);
}

void LOOP(gemm_loops)(struct kernels *k)
{
    k->small_gemm = small_gemm;
}
