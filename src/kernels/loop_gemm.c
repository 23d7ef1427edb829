// Matrix products of the sizes of these networks. A library spends a tenth of its time and more on copying both
// matrices into its own order, and most of its time if a product has less than some thousand multiplications.
//
// Here only b is copied, in blocks of DEPTH rows: its columns become panels of two vectors, one panel after another.
// The sums of a tile, up to HEIGHT rows of a by one panel, stay in registers while the inner dimension runs through a
// block. If many panels follow, the rows of a that a tile reads are copied first, because rows that are a power of two
// apart would evict each other from the cache.
//
// Every element is the sum of its blocks, and each block is added up from zero in the order of the inner dimension.
// Therefore the bits of an element do not depend on the shapes of the tiles, nor on which rows are computed.
#include "kernels/kernels_impl.h"

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
    ROW = DEPTH + LANES, // distance between rows of a copied tile of a
    COLUMN = 16,         // distance between columns of a copied tile if a is transposed
    AHEAD = 1024,        // number of elements by which b is prefetched ahead
};
typedef real lanes __attribute__((vector_size(VECTOR)));
typedef real loose __attribute__((vector_size(VECTOR), aligned(sizeof(real)))); // lanes that need no alignment
#ifdef HOURGLASS_DOUBLE
typedef int64_t places __attribute__((vector_size(VECTOR)));
#else
typedef int32_t places __attribute__((vector_size(VECTOR)));
#endif

// Where and how the sums are stored: c := bias + sum or, if bias is NULL, c := beta c + sum.
struct target {
    real beta;
    const real *bias; // (N)
    real *c;
    size_t ldc;
};

// Stores the first `columns` columns of the sums (rows, width) of a tile whose last vector is not full. Stores a row in
// pieces whose lengths are powers of two, the longest first, so that no piece crosses from one vector to the next. The
// processor can forward such loads from the store of the vector; others stall.
static void store_narrow(int rows, int columns, int width, const real *sum, const struct target *t)
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

// The operands of a tile: element (r, k) of a is at a[r row_step + k k_step]; rows of the panel b are b_step apart.
struct operands {
    const real *a;
    size_t row_step, k_step;
    const real *b;
    size_t b_step;
};

// Multiplies `rows` rows of a by a panel of `strips` vectors and stores the first `columns` columns. Where this is
// inlined, `rows`, `strips` and one of the steps of a are constants, so that the sums stay in registers.
INLINE void multiply_tile(int rows, int strips, int columns, int K, struct operands x, const struct target *t)
{
    const real *a = x.a, *b = x.b;
    lanes sum[HEIGHT][2];
    real *c = t->c;

#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
        sum[r][0] = sum[r][1] = (lanes){0};
        for (int s = 0; s < strips; s++)
            __builtin_prefetch(c + (size_t)r * t->ldc + s * LANES, 1); // arrives before the sums are complete
    }

    for (int k = 0; k < K; k++, a += x.k_step, b += x.b_step) {
        lanes left = *(const loose *)b, right = strips > 1 ? *(const loose *)(b + LANES) : left;
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++) {
            sum[r][0] += a[(size_t)r * x.row_step] * left;
            if (strips > 1)
                sum[r][1] += a[(size_t)r * x.row_step] * right;
        }
    }

    if (columns < strips * LANES) {
        lanes edge[HEIGHT * 2];
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++)
            for (int s = 0; s < strips; s++)
                edge[r * strips + s] = sum[r][s];
        store_narrow(rows, columns, strips * LANES, (const real *)edge, t);
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

#define HEIGHT_CASE(n)                                                     \
    case n:                                                                \
        multiply_tile(n <= HEIGHT ? n : HEIGHT, strips, columns, K, x, t); \
        break;

INLINE void multiply_any_tile(int rows, int strips, int columns, int K, struct operands x, const struct target *t)
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

// Each tile is aligned to a cache line; otherwise the smallest products lose a tenth of their speed.
#define DEFINE_TILE(name, strips, row_step, k_step)                                                                 \
    static __attribute__((aligned(64))) void name(                                                                  \
        int rows, int columns, int K, const real *a, size_t step, const real *b, size_t bs, const struct target *t) \
    {                                                                                                               \
        multiply_any_tile(rows, strips, columns, K, (struct operands){a, row_step, k_step, b, bs}, t);              \
    }
DEFINE_TILE(rows_wide, 2, step, 1)
DEFINE_TILE(rows_narrow, 1, step, 1)
DEFINE_TILE(columns_wide, 2, 1, step)
DEFINE_TILE(columns_narrow, 1, 1, step)
static tile_function *const tiles[2][2] = { // [is a transposed][strips - 1]
    {rows_narrow, rows_wide}, {columns_narrow, columns_wide}};

// --- packing of b

static int strips_of(int columns)
{
    return columns > LANES ? 2 : 1;
}

// Copies b (K, N), rows ldb apart, into panels, row by row because b may be large and not in the cache. The last vector
// of a row may read elements after the row's end if they are among the `readable` elements from b on; sums with these
// are not stored.
static void pack_rows(int K, int N, const real *restrict b, size_t ldb, size_t readable, real *restrict packed)
{
    ASSERT(K > 0 && K <= DEPTH && N > 0, "%d x %d", K, N);
    const size_t whole = (size_t)(N / PANEL * PANEL), rest = (size_t)N - whole, panel = (size_t)K * PANEL;
    const size_t width = rest > 0 ? (size_t)strips_of((int)rest) * LANES : 0;
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

// Swaps the two d x d blocks off the diagonal in every 2d x 2d block of x. There are two versions, because the shuffles
// of clang take only constants.
#ifdef __clang__
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

// Transposes x (LANES, LANES) in place: J. O. Eklundh 1972, "A fast computer method for matrix transposing".
INLINE void transpose_lanes(lanes *x)
{
    if (LANES > 8)
        swap_blocks(LANES > 8 ? 8 : 1, x);
    if (LANES > 4)
        swap_blocks(LANES > 4 ? 4 : 1, x);
    swap_blocks(2, x);
    swap_blocks(1, x);
}

// Packs a strip of LANES columns for pack_columns: the transpose of b (have, K), filled up with zeros, goes to the
// first LANES of every `width` elements.
static void pack_strip(int K, int have, const real *restrict b, size_t ldb, size_t width, real *restrict packed)
{
    ASSERT(have > 0 && have <= LANES, "%d", have);
    int k = 0;

    for (; k + LANES <= K; k += LANES) {
        lanes x[LANES];
#pragma GCC unroll 16
        for (int j = 0; j < LANES; j++)
            x[j] = j < have ? *(const loose *)(b + (size_t)j * ldb + k) : (lanes){0};
        transpose_lanes(x);
#pragma GCC unroll 16
        for (int j = 0; j < LANES; j++)
            *(lanes *)(packed + (size_t)(k + j) * width) = x[j];
    }

    for (; k < K; k++)
        for (int j = 0; j < LANES; j++)
            packed[(size_t)k * width + (size_t)j] = j < have ? b[(size_t)j * ldb + (size_t)k] : 0;
}

// Copies the transpose of b (N, K), rows ldb apart, into panels.
static void pack_columns(int K, int N, const real *b, size_t ldb, real *packed)
{
    for (int j = 0; j < N; j += LANES) {
        int panel = j / PANEL * PANEL, have = N - j < LANES ? N - j : LANES;
        size_t width = (size_t)strips_of(N - panel) * LANES;
        pack_strip(K, have, b + (size_t)j * ldb, ldb, width, packed + panel * K + j % PANEL);
    }
}

// --- packing of a

// The rows of op(a) for a tile: `step` is the distance between rows or, if a is transposed, between columns.
struct tile_rows {
    const real *a;
    size_t step;
};

// Copies HEIGHT columns of a transposed a, from column i on, next to each other. If fewer follow, copies the last
// HEIGHT columns. Returns where column i is in the copy.
static struct tile_rows copy_columns(int i, int M, int K, const real *restrict a, size_t lda, real *restrict copy)
{
    ASSERT(M >= HEIGHT && K <= DEPTH, "%d x %d", M, K);
    int first = i + HEIGHT <= M ? i : M - HEIGHT;
    for (int k = 0; k < K; k++)
        memcpy(copy + k * COLUMN, a + (size_t)k * lda + first, HEIGHT * sizeof *a);
    return (struct tile_rows){copy + (i - first), COLUMN};
}

static struct tile_rows copy_tile_rows(int i, int rows, int K, const real *restrict a, size_t lda, real *restrict copy)
{
    ASSERT(rows <= HEIGHT && K <= DEPTH, "%d x %d", rows, K);
    for (int r = 0; r < rows; r++)
        memcpy(copy + r * ROW, a + (size_t)(i + r) * lda, (size_t)K * sizeof *a);
    return (struct tile_rows){copy, ROW};
}

// A block of b (K, N) as tiles read it, with the distances between panels, between rows of a panel, and between rows of
// the last panel if that is one vector wide.
struct panel_block {
    int K, N;
    const real *b;
    size_t panel, row, last;
};

// Multiplies all rows of op(a) (M, K) by one block of b. Copies rows of a first if several panels follow, because only
// then the copy pays off.
static void multiply_block(
    bool ta, int M, const real *a, size_t lda, const struct panel_block *b, const struct target *t)
{
    real copy[DEPTH * COLUMN > HEIGHT * ROW ? DEPTH * COLUMN : HEIGHT * ROW] __attribute__((aligned(64)));
    bool copies = b->N > 2 * PANEL && (!ta || M >= HEIGHT);
    int count = (M + HEIGHT - 1) / HEIGHT;

    for (int i = 0, rows; i < M; i += rows, count--) {
        rows = (M - i + count - 1) / count; // tiles of nearly equal heights
        struct tile_rows from = !copies ? (struct tile_rows){ta ? a + i : a + (size_t)i * lda, lda}
                                : ta    ? copy_columns(i, M, b->K, a, lda, copy)
                                        : copy_tile_rows(i, rows, b->K, a, lda, copy);

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

static void gemm_loop(
    int first, int last, struct gemm_shape s, const real *a, const real *b, real beta, const real *bias, real *c)
{
    enum { FEW = 3 * HEIGHT }; // rows of a for which it does not pay to copy b
    real packed[BLOCK] __attribute__((aligned(64)));
    ASSERT(0 <= first && first <= last && last <= s.M, "rows %d to %d of %d", first, last, s.M);
    ASSERT(s.N > 0 && s.K > 0, "%d x %d x %d", s.M, s.N, s.K);

    const int M = last - first, N = s.N, K = s.K;
    const size_t lda = (size_t)(s.ta ? s.M : K), ldb = (size_t)(s.tb ? K : N);
    const bool direct = !s.tb && M <= FEW && N % LANES == 0;
    a += (size_t)first * (s.ta ? 1 : lda);
    c += (size_t)first * (size_t)N;

    int count = (K + DEPTH - 1) / DEPTH;
    for (int k = 0, depth; k < K; k += depth, count--) {
        depth = (K - k + count - 1) / count; // blocks of nearly equal depths
        int width = direct ? N : BLOCK / depth / PANEL * PANEL;
        for (int j = 0; j < N; j += width) {
            int n = N - j < width ? N - j : width;
            size_t at = s.tb ? (size_t)j * ldb + (size_t)k : (size_t)k * ldb + (size_t)j;
            struct panel_block block = {depth, n, packed, (size_t)depth * PANEL, PANEL, LANES};
            if (direct)
                block = (struct panel_block){depth, n, b + at, PANEL, ldb, ldb};
            else if (s.tb)
                pack_columns(depth, n, b + at, ldb, packed);
            else
                pack_rows(depth, n, b + at, ldb, (size_t)K * ldb - at, packed);

            struct target t = {k ? 1 : beta, k || !bias ? NULL : bias + j, c + j, (size_t)N};
            multiply_block(s.ta, M, a + (s.ta ? (size_t)k * lda : (size_t)k), lda, &block, &t);
        }
    }
}

void LOOP(gemm_loops)(struct kernels *k)
{
    k->gemm = gemm_loop;
#if defined __AVX2__
    k->gemm_work = INT64_MAX;
#else
    k->gemm_work = 65536;
#endif
}
