// Random numbers without state: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"),
// keyed by (seed, purpose) and counted by (epoch, index). Whoever asks for the same numbers gets the same bits, on any
// rank or thread, in any order; a resumed run needs no generator state.
#pragma once

#include <stdint.h>

// What a number is for. The values are part of every result's meaning: append, never renumber.
enum random_purpose {
    RANDOM_WEIGHTS = 1,
    RANDOM_SHUFFLE = 2,
    RANDOM_SPLIT = 3,
    RANDOM_NOISE = 4,
    RANDOM_DROPOUT = 5,
    RANDOM_SAMPLE = 6,
    RANDOM_PRIOR = 7,
    RANDOM_CODE = 8,
    RANDOM_SEARCH = 9,
    RANDOM_BASELINE = 10
};

struct random_block {
    uint32_t v[4];
};
// Four independent 32-bit numbers.
struct random_block random_at(uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint64_t index);

// [0, 1) with 24 bits, exact in float.
static inline float random_unit(uint32_t bits)
{
    return (float)(bits >> 8) * 0x1p-24f;
}

// order[0..n) := a random permutation of 0..n-1 (Fisher-Yates). `stream` tells several permutations of one purpose and
// epoch apart.
void random_permutation(
    uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint32_t stream, int32_t n, int32_t *order);
