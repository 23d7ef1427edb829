// Calls Random123. No other file includes its headers.
#include "base/random.h"

#include "base/err.h"
#include <Random123/philox.h>

struct random_block random_at(uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint64_t index)
{
    philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32), epoch, (uint32_t)purpose}};
    philox4x32_ctr_t r = philox4x32(counter, key);
    return (struct random_block){{r.v[0], r.v[1], r.v[2], r.v[3]}};
}

void random_permutation(
    uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint32_t stream, int32_t n, int32_t *order)
{
    for (int32_t i = 0; i < n; i++)
        order[i] = i;
    random_shuffle(seed, purpose, epoch, stream, n, order);
}

void random_shuffle(
    uint64_t seed, enum random_purpose purpose, uint32_t epoch, uint32_t stream, int32_t n, int32_t *order)
{
    struct random_block block = {{0}};

    ASSERT(n >= 0, "%d", (int)n);
    for (int32_t i = n - 1, k = 0; i > 0; i--, k++) {
        if (k % 4 == 0)
            block = random_at(seed, purpose, epoch, (uint64_t)stream << 32 | (uint32_t)(k / 4));
        int32_t j = (int32_t)((uint64_t)block.v[k % 4] * (uint64_t)(i + 1) >> 32);
        int32_t t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
}
