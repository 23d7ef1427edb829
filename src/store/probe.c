// Tests parallel writes: all ranks write one small file in the way in which they write the file of a trial.
//
// Some file systems lose writes if several ranks write into the same block at the same time. So the parts are small,
// have unequal lengths, and begin in the middle of blocks.
#include "store/parallel.h"

#include "base/clock.h"
#include "base/mem.h"
#include "comm/comm.h"
#include "store/store_impl.h"
#include <stdlib.h>

enum { ROW_BYTES = 7, SECONDS = 5 };

// Returns this rank's rows of one array. A rank has more rows than the rank before it. The caller frees their data.
static struct store_part part_new(const struct comm *comm, const char *name, int factor)
{
    const int64_t before = (int64_t)comm->rank * (comm->rank + 1) / 2, all = (int64_t)comm->size * (comm->size + 1) / 2;
    const int64_t first = factor * before, rows = (int64_t)factor * (comm->rank + 1);
    uint8_t *data = mem_new((size_t)(rows * ROW_BYTES), 1);

    for (int64_t i = 0; i < rows * ROW_BYTES; i++)
        data[i] = (uint8_t)(1 + (first * ROW_BYTES + i) % 255); // never 0, because a lost write reads as 0
    return (struct store_part){name, {STORE_U8, 2, {factor * all, ROW_BYTES}}, first, rows, data};
}

// Writes one file and removes it again. Returns -1 and an error if the file could not be written, or was wrong.
// Collective over comm.
static int probe_once(const struct comm *comm, const char *path, const struct store_parts *parts, struct err *e)
{
    struct store_file *f;
    int rc = store_write_parallel(comm, path, "probe", parts, &f, e);

    store_abandon(&f);
    return rc;
}

int store_probe(const struct comm *comm, const char *path, int files, struct store_probe *p, struct err *e)
{
    const struct store_part list[] = {part_new(comm, "short", 1), part_new(comm, "long", 199)};
    const double begin = clock_wall();
    bool continues = true;

    *p = (struct store_probe){0};
    while (continues) {
        struct err found = {0};
        bool is_wrong = probe_once(comm, path, &(struct store_parts){list, 2}, &found) < 0;
        if (is_wrong && !store_is_damage(&found)) {
            err_merge(e, &found);
            break;
        }
        p->wrong += is_wrong;
        p->files++;
        continues = p->files < files && clock_wall() - begin < SECONDS;
        comm_broadcast(comm, 0, &continues, sizeof continues);
    }

    for (int i = 0; i < 2; i++)
        free((void *)list[i].data);
    return e->count ? -1 : 0;
}
