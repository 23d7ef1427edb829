// Reads ahead the windows of blocks that the shards of this rank need. All these shards are at about the same place of
// their order, so window w of all of them is read together, as one piece. The pieces of later epochs follow those of
// this epoch.
#include "train/train_impl.h"

#include "base/mem.h"
#include "data/dataset_stream.h"
#include <stdlib.h>

struct window_reader {
    const struct trainer *t;
    struct read_ahead *ahead;   // owned
    int64_t windows;            // windows per epoch, of the shard that has the most
    int64_t first_epoch;        // the epoch of piece 0
    int64_t epoch;              // the epoch of `block`; only the thread that reads uses both
    int32_t *block[SHARDS_MAX]; // (blocks) per shard of this rank, owned: the order of its blocks
};

typedef void (*block_visitor)(const struct dataset *d, int64_t first, int64_t n);

static void permute_blocks(struct window_reader *r, int64_t epoch)
{
    const struct train_workers *work = &r->t->workers;
    if (r->epoch == epoch)
        return;

    for (int i = 0; i < work->shards; i++) {
        const struct order_key key = {
            (uint64_t)r->t->task.config->seed, (uint32_t)epoch, (uint32_t)(work->first_shard + i)};
        shard_blocks_permute(&work->order[i].blocks, &key, r->block[i]);
    }
    r->epoch = epoch;
}

// Visits the blocks of a piece. If `ahead` is not NULL, skips the remaining blocks once read_ahead_ends(ahead).
static void visit_blocks(struct window_reader *r, const struct read_ahead *ahead, int64_t piece, block_visitor visit)
{
    const struct train_workers *work = &r->t->workers;
    int64_t window = piece % r->windows;

    permute_blocks(r, r->first_epoch + piece / r->windows);
    for (int i = 0; i < work->shards; i++) {
        const struct shard_blocks *b = &work->order[i].blocks;
        int64_t shard = r->t->shards.first[work->first_shard + i], end = (window + 1) * b->window;
        for (int64_t k = window * b->window; k < end && k < b->blocks; k++) {
            int64_t first = shard_blocks_first(b, r->block[i][k]), last = shard_blocks_first(b, r->block[i][k] + 1);
            if (!ahead || !read_ahead_ends(ahead))
                visit(r->t->task.train, shard + first, last - first);
        }
    }
}

static void fetch_window(void *context, const struct read_ahead *ahead, int64_t piece)
{
    visit_blocks(context, ahead, piece, dataset_fetch);
}

static void release_window(void *context, int64_t piece)
{
    visit_blocks(context, NULL, piece, dataset_release);
}

// Returns the place of the last row of a step in the order of shard `own` of this rank, or -1 if the shard has no rows
// in this step.
static int64_t last_place(const struct trainer *t, int own, int64_t step)
{
    int shard = t->workers.first_shard + own, rows = shards_step_rows(&t->shards, shard, step);
    return rows > 0 ? step * t->shards.batch_rows[shard] + rows - 1 : -1;
}

struct window_reader *window_reader_start(const struct trainer *t)
{
    if (!t->task.train->tables)
        return NULL;

    struct window_reader *r = mem_new(1, sizeof *r);
    *r = (struct window_reader){.t = t, .first_epoch = t->point.epoch, .epoch = -1};
    for (int i = 0; i < t->workers.shards; i++) {
        const struct shard_blocks *b = &t->workers.order[i].blocks;
        r->windows = b->windows > r->windows ? b->windows : r->windows;
        r->block[i] = mem_new((size_t)b->blocks, sizeof *r->block[i]);
    }

    const struct shard_blocks *b = &t->workers.order[0].blocks;
    int64_t rows = (b->rows + b->blocks - 1) / b->blocks * b->window; // per window
    int64_t at = last_place(t, 0, t->point.step) / (rows ? rows : 1);
    const struct read_ahead_task task = {.first = at > 0 ? at : 0,
        .pieces = (t->task.config->epochs - t->point.epoch) * r->windows,
        .depth = 1,
        .fetch = fetch_window,
        .release = release_window,
        .context = r};
    r->ahead = task.first < task.pieces ? read_ahead_start(&task) : NULL;
    if (!r->ahead)
        window_reader_stop(&r);
    return r;
}

void window_reader_wait(struct trainer *t, int own, int64_t step)
{
    const struct window_reader *r = t->reader;
    int64_t at = last_place(t, own, step);
    if (!r || at < 0)
        return;

    int64_t window = shard_order_enter(&t->workers.order[own], at);
    if (window >= 0)
        read_ahead_wait(r->ahead, (t->point.epoch - r->first_epoch) * r->windows + window);
}

void window_reader_stop(struct window_reader **r)
{
    if (!*r)
        return;
    read_ahead_stop(&(*r)->ahead);
    for (int i = 0; i < SHARDS_MAX; i++)
        free((*r)->block[i]);
    free(*r);
    *r = NULL;
}
