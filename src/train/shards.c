// Decides which rows of the data set and of a batch belong to which virtual shard.
#include "train/train.h"

#include <limits.h>

void shards_cut(struct shards *s, int n, int64_t rows, int64_t batch_size)
{
    ASSERT(n >= 1 && n <= SHARDS_MAX && n <= batch_size, "%d shards", n);
    *s = (struct shards){.n = n};

    for (int k = 0; k < n; k++) {
        int64_t from = k * batch_size / n, to = (k + 1) * batch_size / n;
        s->batch_rows[k] = (int)(to - from);
        s->first[k] = (int64_t)((__int128)rows * from / batch_size);
        s->rows[k] = (int64_t)((__int128)rows * to / batch_size) - s->first[k];

        int64_t steps = (s->rows[k] + s->batch_rows[k] - 1) / s->batch_rows[k];
        s->steps = steps > s->steps ? steps : s->steps;
    }
    ASSERT(s->first[n - 1] + s->rows[n - 1] == rows, "%lld rows", (long long)rows);
}

int shards_step_rows(const struct shards *s, int k, int64_t t)
{
    ASSERT(k >= 0 && k < s->n && t >= 0, "shard %d, step %lld", k, (long long)t);
    int64_t left = s->rows[k] - t * s->batch_rows[k];
    if (left <= 0)
        return 0;
    return left < s->batch_rows[k] ? (int)left : s->batch_rows[k];
}

int shards_batch_rows(const struct shards *s, int64_t t)
{
    int rows = 0;
    for (int k = 0; k < s->n; k++)
        rows += shards_step_rows(s, k, t);
    return rows;
}

int shards_least_rows(const struct shards *s)
{
    int least = INT_MAX;

    for (int k = 0; k < s->n; k++) {
        int64_t full = s->batch_rows[k], last = s->rows[k] % full;
        if (s->rows[k] >= full && full < least)
            least = (int)full;
        if (last && last < least)
            least = (int)last;
    }
    return least;
}

int shards_workers(int64_t shards, int most)
{
    int n = 1;
    while (2 * n <= most && 2 * n <= shards)
        n *= 2;
    return n;
}
