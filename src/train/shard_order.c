// Permutes blocks, and the rows of each window of blocks.
#include "train/shard_order.h"

#include "base/mem.h"
#include "base/random.h"
#include "train/train.h"
#include <stdlib.h>

void shard_blocks_cut(struct shard_blocks *b, const struct row_shuffle *shuffle, int shards, int64_t rows)
{
    ASSERT(shards >= 1 && rows >= 0 && shuffle->block >= 0, "%d shards", shards);
    *b = (struct shard_blocks){.rows = rows, .blocks = 1, .window = 1, .windows = 1};
    if (shuffle->block == 0 || rows == 0)
        return;

    b->blocks = (rows + shuffle->block - 1) / shuffle->block;
    b->window = (shuffle->window + shards - 1) / shards;
    b->windows = (b->blocks + b->window - 1) / b->window;
}

int64_t shard_blocks_first(const struct shard_blocks *b, int64_t block)
{
    ASSERT(block >= 0 && block <= b->blocks, "block %lld of %lld", (long long)block, (long long)b->blocks);
    return block * b->rows / b->blocks;
}

void shard_blocks_permute(const struct shard_blocks *b, const struct order_key *key, int32_t *block)
{
    random_permutation(key->seed, RANDOM_BLOCKS, key->epoch, key->shard, (int32_t)b->blocks, block);
}

int shard_order_new(struct shard_order *o, const struct row_shuffle *shuffle, int shards, int64_t rows, struct err *e)
{
    static const char name[] = "the order of a shard";

    *o = (struct shard_order){0};
    shard_blocks_cut(&o->blocks, shuffle, shards, rows);
    o->row = mem_array((size_t)rows, sizeof *o->row, name, e);
    o->block = mem_array((size_t)o->blocks.blocks, sizeof *o->block, name, e);
    o->window_end = mem_array((size_t)o->blocks.windows, sizeof *o->window_end, name, e);
    return o->row && o->block && o->window_end ? 0 : -1;
}

void shard_order_free(struct shard_order *o)
{
    free(o->row);
    free(o->block);
    free(o->window_end);
    *o = (struct shard_order){0};
}

// Writes the rows of blocks [from, to) of the permutation to o->row, from place `at` on. `first` is the first row of
// the shard. Returns the place after the rows.
static int64_t list_block_rows(struct shard_order *o, int64_t from, int64_t to, int64_t first, int64_t at)
{
    for (int64_t k = from; k < to; k++) {
        int64_t end = shard_blocks_first(&o->blocks, o->block[k] + 1);
        for (int64_t row = shard_blocks_first(&o->blocks, o->block[k]); row < end; row++)
            o->row[at++] = (int32_t)(first + row);
    }
    return at;
}

// Returns the number of the random stream of a window. Each window of each shard has a stream of its own.
static uint32_t window_stream(const struct order_key *key, int64_t window)
{
    ASSERT(key->shard < SHARDS_MAX, "shard %u", (unsigned)key->shard);
    return (uint32_t)window * SHARDS_MAX + key->shard;
}

void shard_order_shuffle(struct shard_order *o, const struct order_key *key, int64_t first)
{
    const struct shard_blocks *b = &o->blocks;
    int64_t at = 0;

    o->window = -1;
    shard_blocks_permute(b, key, o->block);
    for (int64_t w = 0; w < b->windows; w++) {
        int64_t from = w * b->window, to = from + b->window < b->blocks ? from + b->window : b->blocks;
        int64_t end = list_block_rows(o, from, to, first, at);
        if (b->blocks > 1)
            random_shuffle(
                key->seed, RANDOM_WINDOW, key->epoch, window_stream(key, w), (int32_t)(end - at), o->row + at);
        else
            random_shuffle(key->seed, RANDOM_SHUFFLE, key->epoch, key->shard, (int32_t)(end - at), o->row + at);
        o->window_end[w] = at = end;
    }
    ASSERT(at == b->rows, "%lld of %lld rows", (long long)at, (long long)b->rows);
}

int64_t shard_order_enter(struct shard_order *o, int64_t at)
{
    int64_t window = o->window < 0 ? 0 : o->window;

    ASSERT(at >= 0 && at < o->blocks.rows, "place %lld of %lld", (long long)at, (long long)o->blocks.rows);
    while (at >= o->window_end[window])
        window++;
    if (window == o->window)
        return -1;
    o->window = window;
    return window;
}
