// Random numbers without state: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"),
// keyed by (seed, purpose) and counted by (epoch, index). The same arguments give the same bits, on any rank or thread
// and in any order; a resumed run needs no generator state.
#pragma once

#include <stdint.h>

// The purpose of a number. The values decide the bits of results: append new ones, never renumber.
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
    RANDOM_BASELINE = 10,
    RANDOM_LEVEL = 11,     // level of the noise of each row
    RANDOM_COPY = 12,      // noise of the copies of a row that are validated or scored
    RANDOM_KEPT_ROWS = 13, // choice of the training rows that a model keeps
    RANDOM_BLOCKS = 14,    // order of the blocks
    RANDOM_WINDOW = 15,    // order of the rows in a window of blocks
    RANDOM_FOREST = 16,    // splits of an isolation forest
    RANDOM_PROBE = 17,     // synthetic anomalies on which members of an ensemble are tried
    RANDOM_BOOTSTRAP = 18  // samples that a bootstrap draws
};

struct random_block {
    uint32_t v[4];
};
// Returns four independent 32-bit numbers.
struct random_block random_at(uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint64_t index);

// Returns a number in [0, 1) of 24 bits, which a float holds exactly.
static inline float random_unit(uint32_t bits)
{
    return (float)(bits >> 8) * 0x1p-24f;
}

// Sets order[0..n) to a random permutation of 0..n-1 (Fisher-Yates). Each `stream` of a purpose and epoch gives another
// permutation.
void random_permutation(
    uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint32_t stream, int32_t n, int32_t *order);
// Shuffles the numbers that order[0..n) holds in the same way.
void random_shuffle(
    uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint32_t stream, int32_t n, int32_t *order);
