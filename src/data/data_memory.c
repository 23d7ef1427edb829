// Compares the size of the training set with the memory of this machine.
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "data/dataset.h"
#include "data/dataset_stream.h"
#include <math.h>

// Returns the size in bytes of the rows of a set, in the form from which batches are gathered.
static double bytes_of_rows(const struct dataset *d)
{
    double bytes = 0;
    for (int k = 0; k < d->n_sources; k++)
        bytes += (double)d->sources[k].rows * (double)dataset_row_bytes(d, k);
    return bytes;
}

// Returns the size in bytes of two windows of blocks: the current one and the next one.
static double bytes_of_windows(const struct dataset *d, int64_t shards, double all)
{
    double blocks = (double)(d->shuffle.window > shards ? d->shuffle.window : shards);
    double rows = 2 * blocks * (double)d->shuffle.block;

    ASSERT(d->rows > 0, "%s has no rows", d->name);
    return fmin(all, rows * all / (double)d->rows);
}

void data_warn_memory(const struct data_sets *sets, int64_t shards, struct err *warnings)
{
    const double most = 0.8; // share of the memory; the program and the system need the rest
    const struct dataset *d = &sets->train;
    double all = bytes_of_rows(d), has = (double)mem_limit(false);
    bool has_blocks = d->shuffle.block > 0;
    double need = has_blocks ? bytes_of_windows(d, shards, all) : all;
    char bytes[16], room[16];
    if (d->values || has <= 0 || need <= most * has) // converted rows (`values`) were checked in dataset.c
        return;

    text_bytes(bytes, need);
    text_bytes(room, has);
    if (has_blocks)
        err_add(warnings, ERR_DATA,
            "two windows of blocks of %s take %s, of %s of memory here: the same rows would be read again and again; "
            "hint: a smaller data.shuffle_block or data.shuffle_window",
            d->name, bytes, room);
    else
        err_add(warnings, ERR_DATA,
            "the rows of %s take %s, of %s of memory here: reading them in random order would keep the disk busy; "
            "hint: data.shuffle: blocks",
            d->name, bytes, room);
}
