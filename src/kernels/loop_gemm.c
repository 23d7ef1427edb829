// Matrix products. At the sizes of these networks a library spends a tenth of its time and more on copying both
// matrices into its own order, and below some thousand multiplications most of it.
//
// Here b is copied alone, in blocks of DEPTH rows: its columns as panels of two vectors, one panel behind the other. A
// tile of up to HEIGHT rows by a panel stays in registers while the inner dimension runs over a block; what it reads of
// a is copied first where many panels follow, since rows that lie a power of two apart would drive each other out of
// the cache. Every element is the sum of its blocks, each added up from zero in the order of the inner dimension, so
// that it does not hang on the shape of tiles.
#include "kernels/loops.h"

#include <string.h>

#if defined __AVX512F__
enum { VECTOR = 64, HEIGHT = 14 };
#else
enum { VECTOR = 32, HEIGHT = 6 };
#endif
enum {
    LANES = VECTOR / sizeof(real),
    PANEL = 2 * LANES,
    DEPTH = 256,
    BLOCK = 65536,       // elements of packed b: they stay in the L2 cache
    ROW = DEPTH + LANES, // between rows of a copied tile of a
    AHEAD = 1024,
    COLUMN = 16, // between its columns, where a is transposed
};
typedef real lanes __attribute__((vector_size(VECTOR)));
typedef real loose __attribute__((vector_size(VECTOR), aligned(sizeof(real)))); // lanes anywhere
#ifdef HOURGLASS_DOUBLE
typedef int64_t places __attribute__((vector_size(VECTOR)));
#else
typedef int32_t places __attribute__((vector_size(VECTOR)));
#endif

#define INLINE static inline __attribute__((always_inline))

// What becomes of sums: c := bias + sum, or where bias is NULL beta c + sum.
struct target {
    real beta;
    const real *bias; // (N)
    real *c;
    size_t ldc;
};

// The sums (rows, width) of a tile that is not as wide as its vectors, the first `columns` of them. Narrow ones go in
// pieces of 8, 4, 2 and 1, each of which lies whole in a half of a stored vector: the processor forwards such loads,
// and stalls on others.
static void put_narrow(int rows, int columns, int width, const real *sum, const struct target *t)
{
    real *c = t->c;
    for (int r = 0; r < rows; r++, sum += width, c += t->ldc) {
        int at = 0;
        for (int piece = PANEL; piece > 0; piece /= 2)
            if (columns & piece) {
                for (int j = at; j < at + piece; j++)
                    c[j] = t->bias ? t->bias[j] + sum[j] : t->beta == 0 ? sum[j] : t->beta * c[j] + sum[j];
                at += piece;
            }
    }
}

// rows of a (element (r, k) at a[r as + k ak]) by a panel of `strips` vectors, rows of it bs apart. rows, strips and
// one of the steps of a are constants where this is inlined, so that the sums live in registers.
INLINE void tile(int rows, int strips, int columns, int K, const real *a, size_t as, size_t ak, const real *b,
    size_t bs, const struct target *t)
{
    lanes sum[HEIGHT][2];
    real *c = t->c;
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        sum[r][0] = sum[r][1] = (lanes){0};
        for (int s = 0; s < strips; s++)
            __builtin_prefetch(c + (size_t)r * t->ldc + s * LANES, 1); // there when the sums are
    }
    for (int k = 0; k < K; k++, a += ak, b += bs) {
        lanes left = *(const loose *)b, right = strips > 1 ? *(const loose *)(b + LANES) : left;
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++) {
            sum[r][0] += a[(size_t)r * as] * left;
            if (strips > 1)
                sum[r][1] += a[(size_t)r * as] * right;
        }
    }
    if (columns < strips * LANES) {
        lanes edge[HEIGHT * 2];
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++)
            for (int s = 0; s < strips; s++)
                edge[r * strips + s] = sum[r][s];
        put_narrow(rows, columns, strips * LANES, (const real *)edge, t);
        return;
    }
    bool adds = t->bias || t->beta != 0;
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++, c += t->ldc)
        for (int s = 0; s < strips; s++) {
            loose *to = (loose *)(c + s * LANES);
            *to = !adds ? sum[r][s] : t->bias ? ((const loose *)t->bias)[s] + sum[r][s] : t->beta * *to + sum[r][s];
        }
}

#define HEIGHT_CASE(n)                                                           \
    case n:                                                                      \
        tile(n <= HEIGHT ? n : HEIGHT, strips, columns, K, a, as, ak, b, bs, t); \
        break;

INLINE void tile_any(int rows, int strips, int columns, int K, const real *a, size_t as, size_t ak, const real *b,
    size_t bs, const struct target *t)
{
    switch (rows) {
        HEIGHT_CASE(1)
        HEIGHT_CASE(2)
        HEIGHT_CASE(3)
        HEIGHT_CASE(4)
        HEIGHT_CASE(5)
        HEIGHT_CASE(6)
#if defined __AVX512F__
        HEIGHT_CASE(7)
        HEIGHT_CASE(8)
        HEIGHT_CASE(9)
        HEIGHT_CASE(10)
        HEIGHT_CASE(11)
        HEIGHT_CASE(12)
        HEIGHT_CASE(13)
        HEIGHT_CASE(14)
#endif
    }
}

typedef void tile_function(
    int rows, int columns, int K, const real *a, size_t step, const real *b, size_t bs, const struct target *t);

#define DEFINE_TILE(name, strips, as, ak)                                                                           \
    static void name(                                                                                               \
        int rows, int columns, int K, const real *a, size_t step, const real *b, size_t bs, const struct target *t) \
    {                                                                                                               \
        tile_any(rows, strips, columns, K, a, as, ak, b, bs, t);                                                    \
    }
DEFINE_TILE(rows_wide, 2, step, 1)
DEFINE_TILE(rows_narrow, 1, step, 1)
DEFINE_TILE(columns_wide, 2, 1, step)
DEFINE_TILE(columns_narrow, 1, 1, step)
static tile_function *const tiles[2][2] = {{rows_narrow, rows_wide}, {columns_narrow, columns_wide}};

// --- packing of b

static int strips_of(int columns)
{
    return columns > LANES ? 2 : 1;
}

// b (K, N), rows ldb apart -> panels, row by row, since b may come from afar. Where b goes on behind its columns, so
// may what is read: no sum of that is kept. `readable`: elements from b on that are b's.
static void pack(int K, int N, const real *restrict b, size_t ldb, size_t readable, real *restrict packed)
{
    size_t whole = (size_t)(N / PANEL * PANEL), rest = (size_t)N - whole, panel = (size_t)K * PANEL,
           width = rest > 0 ? (size_t)strips_of((int)rest) * LANES : 0;
    real *last = packed + whole * (size_t)K;
    for (int k = 0; k < K; k++, b += ldb, readable -= ldb, packed += PANEL, last += width) {
        real *to = packed;
        for (size_t j = 0; j < whole; j += PANEL, to += panel) {
            __builtin_prefetch(b + j + AHEAD);
            __builtin_prefetch(b + j + AHEAD + LANES);
            *(lanes *)to = *(const loose *)(b + j);
            *(lanes *)(to + LANES) = *(const loose *)(b + j + LANES);
        }
        if (whole + width <= readable)
            for (size_t j = 0; j < width; j += LANES)
                *(lanes *)(last + j) = *(const loose *)(b + whole + j);
        else
            for (size_t j = 0; j < width; j++)
                last[j] = j < rest ? b[whole + j] : 0;
    }
}

// Swaps the blocks of d x d beside the diagonal of every 2d x 2d.
#ifdef __clang__ // whose shuffles take constants only
INLINE void swap_blocks(int d, lanes *x)
{
#pragma unroll
    for (int i = 0; i < LANES; i++)
        if (!(i & d)) {
            lanes a = x[i], b = x[i + d];
#pragma unroll
            for (int j = 0; j < LANES; j++) {
                x[i][j] = j & d ? b[j - d] : a[j];
                x[i + d][j] = j & d ? b[j] : a[j + d];
            }
        }
}
#else
INLINE void swap_blocks(int d, lanes *x)
{
    places low, high;
#pragma GCC unroll 16
    for (int j = 0; j < LANES; j++) {
        low[j] = j & d ? j - d + LANES : j;
        high[j] = j & d ? j + LANES : j + d;
    }
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++)
        if (!(i & d)) {
            lanes a = x[i], b = x[i + d];
            x[i] = __builtin_shuffle(a, b, low);
            x[i + d] = __builtin_shuffle(a, b, high);
        }
}
#endif

INLINE void transpose(lanes *x) // (LANES, LANES); Eklundh 1972
{
    if (LANES > 8)
        swap_blocks(LANES > 8 ? 8 : 1, x);
    if (LANES > 4)
        swap_blocks(LANES > 4 ? 4 : 1, x);
    swap_blocks(2, x);
    swap_blocks(1, x);
}

// One strip of pack_transposed: b (have, K), have <= LANES -> every `width`th stretch of LANES.
static void pack_strip(int K, int have, const real *restrict b, size_t ldb, size_t width, real *restrict packed)
{
    int k = 0;
    for (; k + LANES <= K; k += LANES) {
        lanes x[LANES];
#pragma GCC unroll 16
        for (int j = 0; j < LANES; j++)
            x[j] = j < have ? *(const loose *)(b + (size_t)j * ldb + k) : (lanes){0};
        transpose(x);
#pragma GCC unroll 16
        for (int j = 0; j < LANES; j++)
            *(lanes *)(packed + (size_t)(k + j) * width) = x[j];
    }
    for (; k < K; k++)
        for (int j = 0; j < LANES; j++)
            packed[(size_t)k * width + (size_t)j] = j < have ? b[(size_t)j * ldb + (size_t)k] : 0;
}

// b (N, K), rows ldb apart -> panels
static void pack_transposed(int K, int N, const real *b, size_t ldb, real *packed)
{
    for (int j = 0; j < N; j += LANES) {
        int panel = j / PANEL * PANEL, have = N - j < LANES ? N - j : LANES;
        size_t width = (size_t)strips_of(N - panel) * LANES;
        pack_strip(K, have, b + (size_t)j * ldb, ldb, width, packed + panel * K + j % PANEL);
    }
}

// --- a

// op(a) (M, K) from row i on, `rows` <= HEIGHT of them: where a tile finds them.
struct rows {
    const real *a;
    size_t step; // between rows or, where a is transposed, columns
};

// Columns of a transposed a, side by side: HEIGHT of them, which end with a where fewer follow row i.
static struct rows copy_columns(int i, int M, int K, const real *restrict a, size_t lda, real *restrict copy)
{
    int first = i + HEIGHT <= M ? i : M - HEIGHT;
    for (int k = 0; k < K; k++)
        memcpy(copy + k * COLUMN, a + (size_t)k * lda + first, HEIGHT * sizeof *a);
    return (struct rows){copy + (i - first), COLUMN};
}

static struct rows copy_rows(int i, int rows, int K, const real *restrict a, size_t lda, real *restrict copy)
{
    for (int r = 0; r < rows; r++)
        memcpy(copy + r * ROW, a + (size_t)(i + r) * lda, (size_t)K * sizeof *a);
    return (struct rows){copy, ROW};
}

// A block of b (K, N) as tiles read it: panels `panel` apart, rows `row` apart, `last` where one strip is left.
struct block {
    int K, N;
    const real *b;
    size_t panel, row, last;
};

// All rows of op(a) (M, K) by one block of b. It pays to copy a where several panels follow, and its rows where they
// share their places in the cache.
static void multiply_block(bool ta, int M, const real *a, size_t lda, const struct block *b, const struct target *t)
{
    real copy[DEPTH * COLUMN > HEIGHT * ROW ? DEPTH * COLUMN : HEIGHT * ROW] __attribute__((aligned(64)));
    bool copies = b->N > 2 * PANEL && (!ta || M >= HEIGHT);
    int count = (M + HEIGHT - 1) / HEIGHT;
    for (int i = 0, rows; i < M; i += rows, count--) {
        rows = (M - i + count - 1) / count; // tiles of nearly equal heights
        struct rows from = !copies ? (struct rows){ta ? a + i : a + (size_t)i * lda, lda}
                           : ta    ? copy_columns(i, M, b->K, a, lda, copy)
                                   : copy_rows(i, rows, b->K, a, lda, copy);
        struct target at = *t;
        at.c += (size_t)i * t->ldc;
        const real *panel = b->b;
        for (int j = 0; j < b->N; j += PANEL, panel += b->panel, at.c += PANEL, at.bias += at.bias ? PANEL : 0) {
            int columns = b->N - j < PANEL ? b->N - j : PANEL, strips = strips_of(columns);
            size_t row = strips > 1 ? b->row : b->last;
            tiles[ta][strips - 1](rows, columns, b->K, from.a, from.step, panel, row, &at);
        }
    }
}

static void multiply(int first, int last, bool ta, bool tb, int M, int N, int K, const real *a, const real *b,
    real beta, const real *bias, real *c)
{
    enum { FEW = 3 * HEIGHT }; // rows of a for which it does not pay to copy b
    real packed[BLOCK] __attribute__((aligned(64)));
    size_t lda = (size_t)(ta ? M : K), ldb = (size_t)(tb ? K : N);
    a += (size_t)first * (ta ? 1 : lda);
    c += (size_t)first * (size_t)N;
    M = last - first;
    bool direct = !tb && M <= FEW && N % LANES == 0;
    int count = (K + DEPTH - 1) / DEPTH;
    for (int k = 0, depth; k < K; k += depth, count--) {
        depth = (K - k + count - 1) / count;
        int width = direct ? N : BLOCK / depth / PANEL * PANEL;
        for (int j = 0; j < N; j += width) {
            int n = N - j < width ? N - j : width;
            size_t at = tb ? (size_t)j * ldb + (size_t)k : (size_t)k * ldb + (size_t)j;
            struct block block = {depth, n, packed, (size_t)depth * PANEL, PANEL, LANES};
            if (direct)
                block = (struct block){depth, n, b + at, PANEL, ldb, ldb};
            else if (tb)
                pack_transposed(depth, n, b + at, ldb, packed);
            else
                pack(depth, n, b + at, ldb, (size_t)K * ldb - at, packed);
            struct target t = {k ? 1 : beta, k || !bias ? NULL : bias + j, c + j, (size_t)N};
            multiply_block(ta, M, a + (ta ? (size_t)k * lda : (size_t)k), lda, &block, &t);
        }
    }
}

void LOOP(gemm_loops)(struct kernels *k)
{
    k->gemm = multiply;
#if defined __AVX2__
    k->gemm_work = INT64_MAX;
#else
    k->gemm_work = 65536;
#endif
}
