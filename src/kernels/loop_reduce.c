// Sums in an order that is a promise: this file alone is compiled without leave to reorder (kernels.cmake).
#include "kernels/kernels_impl.h"

// The sum of shard[0..shards) in the order of a binary tree, for one element.
static inline real tree(int shards, const real *const *shard, size_t i)
{
    return shards == 1 ? shard[0][i] : tree(shards / 2, shard, i) + tree(shards / 2, shard + shards / 2, i);
}

static void tree_sum(size_t n, int shards, const real *const *shard, real *restrict g)
{
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
            g[i] = tree(shards, shard, i);
}

void LOOP(reduce_loops)(struct kernels *k)
{
    k->tree_sum = tree_sum;
}
