// Random numbers for the rows of a layer: Philox4x32-10 (Salmon et al. 2011), for sixteen blocks at once, so that each
// step of the algorithm is one vector operation.
//
// The numbers of a row come in groups of 64: number 64 g + 16 j + b is word j of block 16 g + b. Trained models depend
// on this order, so it must never change.
#include "kernels/kernels_impl.h"
#include <string.h>

// STRETCH: how many normal numbers are made at a time
enum { BLOCKS = 16, GROUP = 4 * BLOCKS, ROUNDS = 10, STRETCH = 8 * GROUP };

// Each 32-bit word is in a lane of 64 bits, so that a product needs no widening.
typedef uint64_t lanes __attribute__((vector_size(8 * BLOCKS)));
typedef int32_t words __attribute__((vector_size(4 * BLOCKS)));
typedef real reals __attribute__((vector_size(sizeof(real) * BLOCKS), aligned(sizeof(real))));

// u (GROUP) := the words of blocks `first`, `first` + 1, ... as numbers in [0, 1)
INLINE void philox_group(uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, uint32_t first, real *u)
{
    static const lanes number = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const lanes zero = {0}, low = zero + 0xffffffffu;
    lanes w[4] = {number + first, zero + sample, zero + epoch, zero + purpose};
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);

    for (int r = 0; r < ROUNDS; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        lanes p = w[0] * 0xD2511F53u, q = w[2] * 0xCD9E8D57u;
        w[0] = q >> 32 ^ w[1] ^ (uint64_t)k0;
        w[1] = q & low;
        w[2] = p >> 32 ^ w[3] ^ (uint64_t)k1;
        w[3] = p & low;
    }

    for (int j = 0; j < 4; j++)
        *(reals *)(u + j * BLOCKS) =
            __builtin_convertvector(__builtin_convertvector(w[j] >> 8, words), reals) * (real)0x1p-24;
}

// u := the numbers [at, at + n) of a row. at is a multiple of GROUP; u has space for whole groups.
static void uniform_stretch(
    size_t at, size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *u)
{
    ASSERT(at % GROUP == 0, "%zu", at);
    for (size_t i = 0; i < n; i += GROUP)
        philox_group(seed, purpose, epoch, sample, (uint32_t)((at + i) / 4), u + i);
}

static void random_uniform_loop(
    size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *restrict x)
{
    size_t whole = n / GROUP * GROUP;
    real last[GROUP];

    uniform_stretch(0, whole, seed, purpose, epoch, sample, x);
    if (whole < n)
        uniform_stretch(whole, n - whole, seed, purpose, epoch, sample, last);

    for (size_t i = whole; i < n; i++)
        x[i] = last[i - whole];
}

// Box and Muller 1958: words 0 and 1 of a block make one pair, words 2 and 3 another. Cosine and sine are computed in
// separate loops, because in one loop the compiler would call sincos, which has no vector version.
static void normal_stretch(size_t pairs, const real *restrict u, const real *restrict v, real *restrict radius,
    real *restrict cosine, real *restrict sine)
{
    for (size_t i = 0; i < pairs; i++)
        radius[i] = REAL(sqrt)(-2 * REAL(log)(u[i] + (real)0x1p-25));
    for (size_t i = 0; i < pairs; i++)
        cosine[i] = radius[i] * REAL(cos)((real)6.283185307179586 * v[i]);
    for (size_t i = 0; i < pairs; i++)
        sine[i] = radius[i] * REAL(sin)((real)6.283185307179586 * v[i]);
}

static void random_normal_loop(
    size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *restrict x)
{
    enum { PAIRS = STRETCH / 2 };
    real all[STRETCH], u[PAIRS], v[PAIRS], radius[PAIRS], cosine[PAIRS], sine[PAIRS];

    for (size_t at = 0; at < n; at += STRETCH) {
        size_t left = n - at < STRETCH ? n - at : STRETCH, groups = (left + GROUP - 1) / GROUP;
        uniform_stretch(at, left, seed, purpose, epoch, sample, all);
        for (size_t i = 0; i < 2 * groups; i++) {
            *(reals *)(u + i * BLOCKS) = *(reals *)(all + 2 * i * BLOCKS);
            *(reals *)(v + i * BLOCKS) = *(reals *)(all + (2 * i + 1) * BLOCKS);
        }

        normal_stretch(2 * groups * BLOCKS, u, v, radius, cosine, sine);
        for (size_t i = 0; i < 2 * groups; i++) {
            *(reals *)(all + 2 * i * BLOCKS) = *(reals *)(cosine + i * BLOCKS);
            *(reals *)(all + (2 * i + 1) * BLOCKS) = *(reals *)(sine + i * BLOCKS);
        }

        memcpy(x + at, all, left * sizeof *x);
    }
}

void LOOP(random_loops)(struct kernels *k)
{
    k->random_uniform = random_uniform_loop;
    k->random_normal = random_normal_loop;
}
