// Random numbers for the rows of a layer: Philox4x32-10 (Salmon et al. 2011), sixteen blocks side by side, so that each
// of its steps is one vector operation.
//
// A row's numbers come in groups of 64: number 64 g + 16 j + b is word j of block 16 g + b. That is part of every
// result's meaning.
#include "kernels/loops.h"

enum { BLOCKS = 16, GROUP = 4 * BLOCKS, ROUNDS = 10 };

// word[0..3][b] := the words of the blocks `first` + b
static inline __attribute__((always_inline)) void philox(
    uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, uint32_t first, uint32_t word[4][BLOCKS])
{
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (uint32_t b = 0; b < BLOCKS; b++) {
        word[0][b] = first + b;
        word[1][b] = sample;
        word[2][b] = epoch;
        word[3][b] = purpose;
    }
    for (int r = 0; r < ROUNDS; r++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        for (int b = 0; b < BLOCKS; b++) {
            uint64_t p = (uint64_t)word[0][b] * 0xD2511F53u, q = (uint64_t)word[2][b] * 0xCD9E8D57u;
            uint32_t x = (uint32_t)(q >> 32) ^ word[1][b] ^ k0, y = (uint32_t)(p >> 32) ^ word[3][b] ^ k1;
            word[0][b] = x;
            word[1][b] = (uint32_t)q;
            word[2][b] = y;
            word[3][b] = (uint32_t)p;
        }
}

static inline __attribute__((always_inline)) real unit(uint32_t bits)
{
    return (real)(int32_t)(bits >> 8) * (real)0x1p-24;
}

static void random_uniform(size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *restrict x)
{
    for (size_t at = 0; at < n; at += GROUP) {
        uint32_t word[4][BLOCKS];
        real group[GROUP];
        philox(seed, purpose, epoch, sample, (uint32_t)(at / 4), word);
        for (int i = 0; i < GROUP; i++)
            group[i] = unit(word[i / BLOCKS][i % BLOCKS]);
        for (size_t i = 0; i < GROUP && i < n - at; i++)
            x[at + i] = group[i];
    }
}

// Box and Muller 1958: words 0 and 1 of a block make one pair, words 2 and 3 another.
static void random_normal(size_t n, uint64_t seed, uint32_t purpose, uint32_t epoch, uint32_t sample, real *restrict x)
{
    for (size_t at = 0; at < n; at += GROUP) {
        uint32_t word[4][BLOCKS];
        real group[GROUP];
        philox(seed, purpose, epoch, sample, (uint32_t)(at / 4), word);
        for (int j = 0; j < 4; j += 2)
            for (int b = 0; b < BLOCKS; b++) {
                real radius = REAL(sqrt)(-2 * REAL(log)(unit(word[j][b]) + (real)0x1p-25));
                real angle = (real)6.283185307179586 * unit(word[j + 1][b]);
                group[j * BLOCKS + b] = radius * REAL(cos)(angle);
                group[(j + 1) * BLOCKS + b] = radius * REAL(sin)(angle);
            }
        for (size_t i = 0; i < GROUP && i < n - at; i++)
            x[at + i] = group[i];
    }
}

void LOOP(random_loops)(struct kernels *k)
{
    k->random_uniform = random_uniform;
    k->random_normal = random_normal;
}
