// Decides in which order the rows of a shard pass through training in an epoch. The order depends only on the seed, the
// epoch, the shard and its size, so that it is the same on any rank and after a restart.
//
// Without blocks, any row can be at any place. With blocks, a shard is cut into blocks of neighbouring rows. The blocks
// are put in random order, successive blocks form a window, and the rows of a window are mixed. So training needs only
// the rows of one window in memory.
#pragma once

#include "base/err.h"
#include "data/dataset.h"
#include <stdint.h>

// How a shard is cut into blocks of equal size, to within one row.
struct shard_blocks {
    int64_t rows, blocks;    // without blocks, the shard is one block
    int64_t window, windows; // blocks per window (the last window may have fewer), and number of windows
};

void shard_blocks_cut(struct shard_blocks *b, const struct row_shuffle *shuffle, int shards, int64_t rows);
// Returns the first row of a block, counted from the first row of the shard. For block number b->blocks, returns the
// number of rows of the shard.
int64_t shard_blocks_first(const struct shard_blocks *b, int64_t block);

// What a permutation depends on.
struct order_key {
    uint64_t seed;
    uint32_t epoch, shard;
};
// Sets block (b->blocks) to the numbers of the blocks in the order of the epoch.
void shard_blocks_permute(const struct shard_blocks *b, const struct order_key *key, int32_t *block);

struct shard_order {
    struct shard_blocks blocks;
    int32_t *row;        // (rows), owned: the order, as numbers of rows in the data set
    int32_t *block;      // (blocks), owned: the order of the blocks
    int64_t *window_end; // (windows), owned: the place in `row` where each window ends
    int64_t window;      // the window in use; -1: none yet in this epoch
};

// Allocates the order of a shard of `rows` rows; there are `shards` shards in total. Returns 0, or -1 and an error. The
// caller frees *o in both cases.
int shard_order_new(struct shard_order *o, const struct row_shuffle *shuffle, int shards, int64_t rows, struct err *e);
void shard_order_free(struct shard_order *o);
// Makes the order of an epoch. `first` is the first row of the shard in the data set.
void shard_order_shuffle(struct shard_order *o, const struct order_key *key, int64_t first);
// Returns the window that contains place `at` of the order, or -1 if the last call was in the same window. Within an
// epoch, places must not decrease.
int64_t shard_order_enter(struct shard_order *o, int64_t at);
