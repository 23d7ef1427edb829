// Sums whose order must not change. Only this file is compiled without permission to reorder sums (kernels.cmake).
#include "kernels/kernels_impl.h"

// Returns element i of the sum of shard[0..shards) in the order of a binary tree.
static inline real tree_element(int shards, const real *const *shard, size_t i)
{
    return shards == 1 ? shard[0][i]
                       : tree_element(shards / 2, shard, i) + tree_element(shards / 2, shard + shards / 2, i);
}

static void tree_sum_loop(size_t n, int shards, const real *const *shard, real *restrict g)
{
    ASSERT(shards > 0 && (shards & (shards - 1)) == 0, "%d", shards);
    const real *restrict a = shard[0], *restrict b = shard[shards > 1], *restrict c = shard[shards > 2 ? 2 : 0],
                         *restrict d = shard[shards > 3 ? 3 : 0];

    if (shards == 1)
        for (size_t i = 0; i < n; i++)
            g[i] = a[i];
    else if (shards == 2)
        for (size_t i = 0; i < n; i++)
            g[i] = a[i] + b[i];
    else if (shards == 4)
        for (size_t i = 0; i < n; i++)
            g[i] = (a[i] + b[i]) + (c[i] + d[i]);
    else
        for (size_t i = 0; i < n; i++)
            g[i] = tree_element(shards, shard, i);
}

void LOOP(reduce_loops)(struct kernels *k)
{
    k->tree_sum = tree_sum_loop;
}
